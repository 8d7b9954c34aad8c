package import EventLoop
internal import HTTPMessages
internal import HTTPTransfer

/// Asks daemons on this machine whether they are ready.
package struct ReadinessProbe: Sendable {
    private let client: HTTPClient

    package init(loops: LoopGroup) { client = HTTPClient(loops: loops) }

    /// Whether the daemon whose internal listener is on `port` answers that it is ready.
    package func isReady(port: Int) async -> Bool {
        let request = OutboundRequest(
            method: .get, url: "http://127.0.0.1:\(port)/readyz",
            deadlines: TransferDeadlines(
                connect: .seconds(1), firstByte: .seconds(3), idle: .seconds(3), total: .seconds(3)))
        do {
            return try await client.send(request, bodyLimit: 1 << 16).status == 200
        } catch {
            return false
        }
    }
}
