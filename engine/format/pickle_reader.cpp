#include "engine/format/pickle_reader.h"

#include "engine/format/pickle_machine.h"
#include "engine/format/quoted_name.h"

#include <optional>

namespace lectern {

namespace {

using Kind = PickleValue::Kind;

std::optional<std::uint64_t> sizeOf(const PickleValue& value)
{
    if (value.kind != Kind::Int || value.number < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(value.number);
}

bool readSizes(const PickleMachine& machine, PickleId id, std::vector<std::uint64_t>& sizes)
{
    const PickleValue& tuple = machine.value(id);
    if (tuple.kind != Kind::Tuple)
        return false;
    for (const PickleId part : tuple.parts) {
        const auto size = sizeOf(machine.value(part));
        if (!size)
            return false;
        sizes.push_back(*size);
    }
    return true;
}

// A storage's persistent id: ("storage", torch.FloatStorage, "<entry>", "<device>", elements).
bool readStorage(const PickleMachine& machine, PickleId id, PickledTensor& tensor)
{
    const PickleValue& storage = machine.value(id);
    if (storage.kind != Kind::Storage || storage.parts.size() != 5)
        return false;
    const auto part = [&](std::size_t i) -> const PickleValue& { return machine.value(storage.parts[i]); };
    const auto elements = sizeOf(part(4));
    if (part(0).text != "storage" || part(1).kind != Kind::FloatStorageName || part(2).kind != Kind::Text ||
        !elements)
        return false;
    tensor.storage = part(2).text;
    tensor.storageElements = *elements;
    return true;
}

// _rebuild_tensor_v2(storage, offset, shape, strides, requires_grad, backward_hooks)
bool readTensor(const PickleMachine& machine, const PickleValue& value, PickledTensor& tensor)
{
    if (value.kind != Kind::Tensor || value.parts.size() < 4)
        return false;
    const auto offset = sizeOf(machine.value(value.parts[1]));
    tensor.offset = offset.value_or(0);
    return offset && readStorage(machine, value.parts[0], tensor) &&
           readSizes(machine, value.parts[2], tensor.shape) &&
           readSizes(machine, value.parts[3], tensor.strides) && tensor.shape.size() == tensor.strides.size();
}

} // namespace

Result<std::vector<PickledTensor>> readTensorPickle(std::span<const std::byte> pickle,
                                                    const std::string& label)
{
    const auto bad = [&](const std::string& why) {
        return fail(ErrorCode::BadInput, label + " can not be read: " + why + ".",
                    "Lectern reads dictionaries of float32 tensors from such files.");
    };
    PickleMachine machine(pickle, label);
    const auto root = machine.run();
    if (!root)
        return failed(root);
    const PickleValue& dict = machine.value(*root);
    if (dict.kind != Kind::Dict)
        return bad("it does not hold a dictionary");
    std::vector<PickledTensor> tensors;
    for (std::size_t i = 0; i < dict.parts.size(); i += 2) {
        const PickleValue& key = machine.value(dict.parts[i]);
        if (key.kind != Kind::Text)
            return bad("a key of its dictionary is not a text");
        PickledTensor tensor;
        tensor.name = key.text;
        if (!readTensor(machine, machine.value(dict.parts[i + 1]), tensor))
            return bad(quotedName(key.text) + " is not a float32 tensor");
        tensors.push_back(std::move(tensor));
    }
    return tensors;
}

} // namespace lectern
