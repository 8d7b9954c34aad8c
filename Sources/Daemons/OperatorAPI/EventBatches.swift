internal import HTTPMessages
internal import HTTPServing
internal import Operations
internal import Tenancy
internal import WireAPI

/// Turns the events that one watcher is to be told into what is sent: executions that follow each other in one event, what
/// was sent before left out, what the watcher must not see left out.
struct EventBatches {
    /// The last event that was sent, or left out because the watcher must not see it.
    private var sent: StreamPosition

    /// How many executions one event has at most.
    private static let largest = 100

    init(after position: StreamPosition) { sent = position }

    /// The encoded events, in order. `may` says whether the watcher may be told of one.
    mutating func bytes(of events: [FedEvent], may: (FedEvent) -> Bool) -> [UInt8] {
        var bytes: [UInt8] = []
        var executions: [FedEvent] = []
        func finish() {
            guard let last = executions.last else { return }
            bytes += Self.event(of: executions, through: last).encoded()
            executions = []
        }
        for event in events {
            // What happened while the past was read is in both.
            if let position = event.position {
                guard position > sent else { continue }
                sent = position
            }
            guard may(event) else { continue }
            guard event.name == OperatorEvent.Name.executionsFinished.rawValue else {
                finish()
                bytes += OutgoingEvent(
                    name: event.name, id: event.position?.description,
                    data: String(decoding: event.data, as: UTF8.self)
                ).encoded()
                continue
            }
            executions.append(event)
            if executions.count == Self.largest { finish() }
        }
        finish()
        return bytes
    }

    /// One event with the rows of all of them, as `OperatorEvent.ExecutionBatch` is written.
    private static func event(of executions: [FedEvent], through last: FedEvent) -> OutgoingEvent {
        var data = Array(#"{"executions":["#.utf8)
        for (place, execution) in executions.enumerated() {
            if place > 0 { data.append(UInt8(ascii: ",")) }
            data += execution.data
        }
        data += Array("]}".utf8)
        return OutgoingEvent(
            name: OperatorEvent.Name.executionsFinished.rawValue, id: last.position?.description,
            data: String(decoding: data, as: UTF8.self))
    }
}
