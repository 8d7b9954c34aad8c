package import EventLoop
internal import Synchronization

/// A way to a server of this machine that may stop carrying anything, as networks do: connections stay open, new ones are
/// accepted, and nothing arrives until it goes on.
package final class StallingProxy: Sendable {
    private let server: ScriptedServer
    private let stall: Stall

    private final class Stall: Sendable {
        let isStalled = Mutex(false)

        /// Returns when the way is free.
        func pass(on loop: Loop) async throws {
            while isStalled.withLock({ $0 }) { try await loop.sleep(for: .milliseconds(5)) }
        }
    }

    /// Begins to carry what comes for `port`.
    package init(to port: Int, on loop: Loop) throws {
        let stall = Stall()
        self.stall = stall
        server = try ScriptedServer(on: loop) { client in
            let upstream = try ScriptedConnection.connect(to: port, on: loop)
            defer { upstream.close() }
            await withTaskGroup(of: Void.self) { group in
                for (from, to) in [(client, upstream), (upstream, client)] {
                    group.addTask {
                        do {
                            while let bytes = try await from.bytes() {
                                try await stall.pass(on: loop)
                                try await to.send(bytes)
                            }
                        } catch {
                            // One of the two has gone: so does the other.
                        }
                        client.close()
                        upstream.close()
                    }
                }
            }
        }
    }

    /// Where it listens.
    package var port: Int { server.port }

    /// Stops carrying, or goes on with what has come meanwhile.
    package func stall(_ isStalled: Bool) { stall.isStalled.withLock { $0 = isStalled } }

    /// Ends all connections.
    package func stop() async { await server.stop() }
}
