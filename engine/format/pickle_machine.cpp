#include "engine/format/pickle_machine.h"

#include "engine/format/quoted_name.h"

#include <array>
#include <utility>

namespace lectern {

namespace {

constexpr std::size_t kMaxValues = 1 << 20;
constexpr std::size_t kMaxArguments = 16; // these are copied, so a shared long tuple must not be
constexpr std::uint64_t kMaxTextBytes = 1 << 16;

// Opcodes of pickle protocols 0 to 2 that torch.save() writes (Python's pickletools.py gives their meaning).
enum Opcode : std::uint8_t {
    Proto = 0x80,
    Stop = '.',
    Mark = '(',
    None = 'N',
    NewTrue = 0x88,
    NewFalse = 0x89,
    BinInt = 'J',
    BinInt1 = 'K',
    BinInt2 = 'M',
    Long1 = 0x8a,
    BinFloat = 'G',
    BinUnicode = 'X',
    EmptyTuple = ')',
    Tuple = 't',
    Tuple1 = 0x85,
    Tuple2 = 0x86,
    Tuple3 = 0x87,
    EmptyList = ']',
    Append = 'a',
    Appends = 'e',
    EmptyDict = '}',
    SetItem = 's',
    SetItems = 'u',
    BinPut = 'q',
    LongBinPut = 'r',
    BinGet = 'h',
    LongBinGet = 'j',
    Global = 'c',
    Reduce = 'R',
    Build = 'b',
    BinPersId = 'Q',
};

struct AllowedName {
    std::string_view name;
    PickleValue::Kind kind;
};

constexpr std::array kAllowedNames{
    AllowedName{"collections.OrderedDict", PickleValue::Kind::OrderedDictName},
    AllowedName{"torch.FloatStorage", PickleValue::Kind::FloatStorageName},
    AllowedName{"torch._utils._rebuild_tensor_v2", PickleValue::Kind::RebuildName},
};

} // namespace

tl::unexpected<Error> PickleMachine::broken(const std::string& why) const
{
    return fail(ErrorCode::BadInput,
                m_label + " can not be read: its pickle " + why + " at byte " +
                    std::to_string(m_reader.position()) + ".",
                "The file is damaged; download it again.");
}

Result<PickleId> PickleMachine::run()
{
    std::uint8_t opcode = 0;
    while (m_reader.read(opcode)) {
        if (opcode == Stop) {
            if (m_stack.size() != 1 || !m_marks.empty())
                return broken("ends without a result");
            return m_stack.back();
        }
        if (const Status status = step(opcode); !status)
            return failed(status);
    }
    return broken("ends too early");
}

Status PickleMachine::push(PickleValue value)
{
    if (m_arena.size() == kMaxValues)
        return broken("holds too many values");
    m_arena.push_back(std::move(value));
    m_stack.push_back(static_cast<PickleId>(m_arena.size() - 1));
    return {};
}

PickleId PickleMachine::pop()
{
    const PickleId top = m_stack.back();
    m_stack.pop_back();
    return top;
}

Status PickleMachine::pushText(std::uint64_t length)
{
    PickleValue value{Kind::Text};
    if (length > kMaxTextBytes || !m_reader.readText(length, value.text))
        return broken("has a text that is too long");
    return push(std::move(value));
}

Status PickleMachine::pushNumber(std::uint8_t opcode)
{
    PickleValue value{Kind::Int};
    std::uint8_t byte = 0;
    std::uint16_t word = 0;
    std::int32_t number = 0;
    switch (opcode) {
    case BinInt1:
        if (!m_reader.read(byte))
            return broken("is cut off");
        value.number = byte;
        break;
    case BinInt2:
        if (!m_reader.read(word))
            return broken("is cut off");
        value.number = word;
        break;
    case BinInt:
        if (!m_reader.read(number))
            return broken("is cut off");
        value.number = number;
        break;
    case Long1: {
        if (!m_reader.read(byte) || byte > 8 || m_reader.remaining() < byte)
            return broken("has a number of more than 64 bits");
        const auto bytes = m_reader.take(byte);
        std::uint64_t bits =
            byte > 0 && (bytes.back() & std::byte{0x80}) != std::byte{0} ? ~std::uint64_t{0} : 0;
        for (std::size_t i = bytes.size(); i-- > 0;)
            bits = bits << 8 | std::to_integer<std::uint64_t>(bytes[i]);
        value.number = static_cast<std::int64_t>(bits);
        break;
    }
    default: // BinFloat: 8 bytes that no tensor depends on
        value.kind = Kind::Float;
        if (m_reader.take(8).size() != 8)
            return broken("is cut off");
    }
    return push(std::move(value));
}

Status PickleMachine::pushTuple(std::size_t count)
{
    if (!has(count))
        return broken("takes more than there is");
    PickleValue tuple{Kind::Tuple};
    tuple.parts.assign(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
    m_stack.resize(m_stack.size() - count);
    return push(std::move(tuple));
}

Status PickleMachine::popToMark(std::vector<PickleId>& parts)
{
    if (m_marks.empty())
        return broken("takes more than there is");
    parts.assign(m_stack.begin() + static_cast<std::ptrdiff_t>(m_marks.back()), m_stack.end());
    m_stack.resize(m_marks.back());
    m_marks.pop_back();
    return {};
}

Status PickleMachine::tupleFromMark()
{
    PickleValue tuple{Kind::Tuple};
    if (Status status = popToMark(tuple.parts); !status)
        return status;
    return push(std::move(tuple));
}

Status PickleMachine::addToDict(std::vector<PickleId> parts)
{
    if (parts.size() % 2 != 0 || !has(1) || m_arena[m_stack.back()].kind != Kind::Dict)
        return broken("adds to something that is no dictionary");
    std::vector<PickleId>& dict = m_arena[m_stack.back()].parts;
    dict.insert(dict.end(), parts.begin(), parts.end());
    return dict.size() <= kMaxValues ? Status{} : broken("holds too many values");
}

Status PickleMachine::addToList(std::vector<PickleId> parts)
{
    if (!has(1) || m_arena[m_stack.back()].kind != Kind::List)
        return broken("adds to something that is no list");
    std::vector<PickleId>& list = m_arena[m_stack.back()].parts;
    list.insert(list.end(), parts.begin(), parts.end());
    return list.size() <= kMaxValues ? Status{} : broken("holds too many values");
}

Status PickleMachine::lookUpName()
{
    std::string name;
    for (const char end : {'.', '\0'}) {
        char c = 0;
        while (m_reader.read(c) && c != '\n' && name.size() < 256)
            name += c;
        if (c != '\n')
            return broken("has a broken name");
        if (end != '\0')
            name += end;
    }
    for (const AllowedName& allowed : kAllowedNames)
        if (allowed.name == name)
            return push({allowed.kind});
    return fail(ErrorCode::Unsupported,
                m_label + " asks for " + quotedName(name) + ", and Lectern runs no code from model files.",
                "Only float32 tensors are read from such files; convert it to safetensors.");
}

Status PickleMachine::callName()
{
    if (!has(2))
        return broken("takes more than there is");
    const PickleId arguments = pop();
    const PickleId callee = pop();
    if (m_arena[arguments].kind != Kind::Tuple || m_arena[arguments].parts.size() > kMaxArguments)
        return broken("calls a name without proper arguments");
    switch (m_arena[callee].kind) {
    case Kind::OrderedDictName:
        if (!m_arena[arguments].parts.empty())
            return broken("makes a dictionary from arguments");
        return push({Kind::Dict});
    case Kind::RebuildName:
        return push({Kind::Tensor, 0, {}, m_arena[arguments].parts});
    default:
        return broken("calls something that can not be called");
    }
}

Status PickleMachine::putMemo(std::uint32_t index)
{
    if (!has(1) || m_memo.size() == kMaxValues)
        return broken("remembers nothing");
    m_memo[index] = m_stack.back();
    return {};
}

Status PickleMachine::getMemo(std::uint32_t index)
{
    const auto found = m_memo.find(index);
    if (found == m_memo.end() || m_stack.size() == kMaxValues)
        return broken("recalls something that it never stored");
    m_stack.push_back(found->second);
    return {};
}

Status PickleMachine::memo(std::uint8_t opcode)
{
    std::uint32_t index = 0;
    std::uint8_t byte = 0;
    const bool narrow = opcode == BinPut || opcode == BinGet;
    if (narrow ? !m_reader.read(byte) : !m_reader.read(index))
        return broken("is cut off");
    index = narrow ? byte : index;
    return opcode == BinPut || opcode == LongBinPut ? putMemo(index) : getMemo(index);
}

Status PickleMachine::step(std::uint8_t opcode)
{
    std::vector<PickleId> parts;
    std::uint32_t length = 0;
    switch (opcode) {
    case Proto:
        return m_reader.take(1).size() == 1 ? Status{} : broken("is cut off");
    case Mark:
        if (m_marks.size() == kMaxValues)
            return broken("holds too many values");
        m_marks.push_back(m_stack.size());
        return {};
    case None:
        return push({Kind::None});
    case NewTrue:
        return push({Kind::Bool, 1});
    case NewFalse:
        return push({Kind::Bool, 0});
    case BinInt:
    case BinInt1:
    case BinInt2:
    case Long1:
    case BinFloat:
        return pushNumber(opcode);
    case BinUnicode:
        return m_reader.read(length) ? pushText(length) : broken("is cut off");
    case EmptyTuple:
        return pushTuple(0);
    case Tuple1:
        return pushTuple(1);
    case Tuple2:
        return pushTuple(2);
    case Tuple3:
        return pushTuple(3);
    case Tuple:
        return tupleFromMark();
    case EmptyList:
        return push({Kind::List});
    case EmptyDict:
        return push({Kind::Dict});
    case Append:
        return has(2) ? addToList({pop()}) : broken("takes more than there is");
    case Appends:
        return popToMark(parts).and_then([&] { return addToList(std::move(parts)); });
    case SetItems:
        return popToMark(parts).and_then([&] { return addToDict(std::move(parts)); });
    case SetItem: {
        if (!has(3))
            return broken("takes more than there is");
        const PickleId value = pop(), key = pop();
        return addToDict({key, value});
    }
    case BinPut:
    case LongBinPut:
    case BinGet:
    case LongBinGet:
        return memo(opcode);
    case Global:
        return lookUpName();
    case Reduce:
        return callName();
    case Build: // attributes of a dictionary, such as torch's _metadata: no tensor depends on them
        if (!has(2))
            return broken("takes more than there is");
        pop();
        return {};
    case BinPersId: {
        if (!has(1) || m_arena[m_stack.back()].kind != Kind::Tuple ||
            m_arena[m_stack.back()].parts.size() > kMaxArguments)
            return broken("refers to no storage");
        std::vector<PickleId> reference = m_arena[pop()].parts;
        return push({Kind::Storage, 0, {}, std::move(reference)});
    }
    default:
        return fail(ErrorCode::Unsupported,
                    m_label + " uses pickle opcode " + std::to_string(opcode) +
                        ", which files of float tensors do not need, so Lectern does not read it.",
                    "Convert the file to safetensors.");
    }
}

} // namespace lectern
