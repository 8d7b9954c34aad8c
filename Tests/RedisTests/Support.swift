import CLinux
import EventLoop
import Glibc
import Redis
import TestSupport
import Testing

/// Runs `body` on a loop with a client of `server`, and closes everything behind it.
func withClient(
    of server: PrivateRedis, _ change: (inout RedisSettings) -> Void = { _ in },
    _ body: @escaping @Sendable (RedisClient) async throws -> Void
) async throws {
    var settings = try RedisSettings(url: server.url)
    change(&settings)
    try await withClient(settings, body)
}

/// The same with any settings.
func withClient(_ settings: RedisSettings, _ body: @escaping @Sendable (RedisClient) async throws -> Void) async throws
{
    let group = LoopGroup(count: 2, name: "test")
    let client = RedisClient(loops: group, settings: settings)
    do {
        try await group.next().run { try await body(client) }
    } catch {
        await client.close()
        await group.shutdown()
        throw error
    }
    await client.close()
    await group.shutdown()
}

/// The kind of the error that `body` throws; nil when it throws none.
func kind<R>(_ body: () async throws -> R) async -> RedisError.Kind? {
    do {
        _ = try await body()
        return nil
    } catch let error as RedisError {
        return error.kind
    } catch {
        Issue.record(error)
        return nil
    }
}

/// Asks until the answer is yes; false when it never is within the limit.
func eventually(within limit: Duration = .seconds(20), _ condition: () async -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if await condition() { return true }
        try await Loop.current?.sleep(for: .milliseconds(10))
    }
    return false
}

/// A small generator with a seed, so that a failure can be seen again.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A listener on the loop that answers each piece of input as told.
///
/// `@unchecked Sendable`: confined to its loop.
final class ScriptedServer: @unchecked Sendable {
    enum Answer {
        case bytes([UInt8])
        case close
        case silence
    }

    /// How often somebody has connected.
    private(set) var connections = 0
    let port: Int
    private let loop: Loop
    private let listener: Int32
    private let answer: (_ connection: Int, _ input: String) -> Answer
    private var watches: [Int32: Watch] = [:]

    /// `answer` gets the number of the connection, from 1, and what it has sent.
    init(_ answer: @escaping (_ connection: Int, _ input: String) -> Answer) throws {
        guard let loop = Loop.current else { preconditionFailure("a scripted server lives on a loop") }
        self.loop = loop
        self.answer = answer
        listener = unsafe cl_listen_tcp("127.0.0.1", 0, 16, 0)
        guard listener >= 0 else { throw SystemError.last("listen") }
        port = Int(cl_local_port(listener))
        watches[listener] = try loop.watch(listener, .readable) { [weak self] _ in self?.accept() }
    }

    var settings: RedisSettings {
        get throws { try RedisSettings(url: "redis://127.0.0.1:\(port)") }
    }

    func stop() {
        for (fd, watch) in watches {
            watch.cancel()
            close(fd)
        }
        watches = [:]
    }

    private func accept() {
        var address = [CChar](repeating: 0, count: 64)
        let fd = unsafe cl_accept(listener, &address, address.count)
        guard fd >= 0 else { return }
        connections += 1
        let number = connections
        do {
            watches[fd] = try loop.watch(fd, .readable) { [weak self] _ in self?.serve(fd, number) }
        } catch {
            close(fd)
        }
    }

    private func serve(_ fd: Int32, _ number: Int) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(fd, &buffer, buffer.count, 0)
        guard count > 0 else { return end(fd) }
        switch answer(number, String(decoding: buffer[..<count], as: UTF8.self)) {
        case .bytes(let bytes): _ = unsafe cl_send(fd, bytes, bytes.count)
        case .close: end(fd)
        case .silence: break
        }
    }

    private func end(_ fd: Int32) {
        watches.removeValue(forKey: fd)?.cancel()
        close(fd)
    }
}
