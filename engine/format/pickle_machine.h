// The stack machine behind pickle_reader: runs the opcodes that torch.save() uses over an arena of plain
// values.
#pragma once

#include "engine/base/result.h"
#include "engine/format/byte_reader.h"

#include <string>
#include <unordered_map>
#include <vector>

namespace lectern {

using PickleId = std::uint32_t; // an index into the arena; values may share and even contain each other

struct PickleValue {
    // OrderedDictName, FloatStorageName and RebuildName are the three names that may be called.
    enum class Kind {
        None,
        Bool,
        Int,
        Float,
        Text,
        Tuple,
        List,
        Dict,
        OrderedDictName,
        FloatStorageName,
        RebuildName,
        Storage,
        Tensor
    };
    Kind kind = Kind::None;
    std::int64_t number = 0; // Bool, Int
    std::string text{};      // Text
    // Tuple, List: the elements; Dict: key, value, key, value...; Storage: the parts of its persistent id;
    // Tensor: the arguments of its rebuilding.
    std::vector<PickleId> parts{};
};

class PickleMachine {
public:
    PickleMachine(std::span<const std::byte> pickle, const std::string& label)
        : m_reader(pickle), m_label(label)
    {
    }

    // The value left at the end.
    Result<PickleId> run();
    const PickleValue& value(PickleId id) const { return m_arena[id]; }

private:
    using Kind = PickleValue::Kind;

    tl::unexpected<Error> broken(const std::string& why) const;
    Status step(std::uint8_t opcode);
    Status pushText(std::uint64_t length);
    Status pushNumber(std::uint8_t opcode);
    Status pushTuple(std::size_t count);
    Status popToMark(std::vector<PickleId>& parts);
    Status tupleFromMark();
    Status addToDict(std::vector<PickleId> parts);
    Status addToList(std::vector<PickleId> parts);
    Status callName();
    Status lookUpName();
    Status putMemo(std::uint32_t index);
    Status getMemo(std::uint32_t index);
    Status memo(std::uint8_t opcode);

    Status push(PickleValue value);
    bool has(std::size_t count) const
    {
        return m_stack.size() >= count + (m_marks.empty() ? 0 : m_marks.back());
    }
    PickleId pop();

    ByteReader m_reader;
    const std::string& m_label;
    std::vector<PickleValue> m_arena;
    std::vector<PickleId> m_stack;
    std::vector<std::size_t> m_marks; // heights of the stack
    std::unordered_map<std::uint32_t, PickleId> m_memo;
};

} // namespace lectern
