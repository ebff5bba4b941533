// A layer below SQLite that fails, or kills the process, at the n-th write, sync or truncation of a file.
#pragma once

namespace lectern::test {

enum class Fault {
    None,
    FullOnce,   // one write says the disk is full
    FullAlways, // every write from the n-th on
    ErrorOnce,  // one write or sync says the disk is broken
    ErrorAlways,
    Kill,     // SIGKILL before the n-th
    TornKill, // half of the n-th write, then SIGKILL
    // The power goes before the n-th operation: of what was written since a file's last sync nothing is left ...
    PowerLoss,
    TornPowerLoss, // ... or any part of it, each write whole, half or not at all
};

// Puts the layer below all connections opened from now on. Once for a process.
void installFaultyVfs();
// From now on the `at`-th operation (from 1) meets `fault`.
void armFault(Fault fault, int at);
// Operations since armFault().
int operationsSinceArmed();

} // namespace lectern::test
