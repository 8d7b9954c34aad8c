internal import EventLoop
internal import WireAPI

/// How many settings differ between the processes of an installation.
package struct SettingsDrift: Sendable {
    private let readings: InstanceReadings

    /// How often they are compared: nobody wants to be told of what differs while a roll-out goes on.
    private static let interval = Duration.seconds(30)

    package init(_ readings: InstanceReadings) { self.readings = readings }

    /// Compares them again and again until its task is cancelled; `told` gets the number, also while it is 0.
    package func watch(_ told: @Sendable (Int) -> Void, complaint: @Sendable (any Error) -> Void) async throws {
        guard let loop = Loop.current else { preconditionFailure("settings are compared on a loop") }
        while true {
            do {
                told(try await readings.instances().differences.count)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                complaint(error)
            }
            try await loop.sleep(for: Self.interval)
        }
    }
}
