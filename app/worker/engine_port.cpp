// Holds the compiled signals of EnginePort.
#include "app/worker/engine_port.h"
