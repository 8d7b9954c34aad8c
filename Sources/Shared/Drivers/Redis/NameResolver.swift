import EventLoop
import Glibc
import Synchronization

/// Host names to addresses, on a thread of its own because the system's resolver blocks. The thread starts with the
/// first name that is no address.
final class NameResolver: Sendable {
    private let worker = Mutex<WorkerThreads?>(nil)

    /// Numeric addresses in the system's order of preference. Gives up at the deadline, though the lookup goes on.
    func addresses(of host: String, on loop: Loop, until deadline: Deadline) async throws(RedisError) -> [String] {
        guard !Self.isNumeric(host) else { return [host] }
        let threads = worker.withLock { worker in
            let threads = worker ?? WorkerThreads(name: "redis-names", count: 1, queueLimit: 64)
            worker = threads
            return threads
        }
        let answer = Answer()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.continuation = continuation
                if let remaining = deadline.remaining {
                    answer.timer = loop.after(remaining) {
                        answer.give(.failure(RedisError(.unavailable, "looking up \(host) takes too long")))
                    }
                }
                // Unstructured: nothing can end the lookup, and the answer is not awaited beyond the deadline.
                loop.spawn {
                    do {
                        answer.give(.success(try await threads.run { try Self.look(up: host) }))
                    } catch {
                        answer.give(.failure(RedisError(.unavailable, "\(error)")))
                    }
                }
            }
        } onCancel: {
            loop.submit { answer.give(.failure(.cancelled)) }
        }.get()
    }

    func shutdown() { worker.withLock { $0?.shutdown() } }

    /// One continuation, resumed once. `@unchecked Sendable`: confined to the loop.
    private final class Answer: @unchecked Sendable {
        var continuation: CheckedContinuation<Result<[String], RedisError>, Never>?
        var timer: LoopTimer?

        func give(_ result: Result<[String], RedisError>) {
            timer?.cancel()
            timer = nil
            continuation?.resume(returning: result)
            continuation = nil
        }
    }

    private static func isNumeric(_ host: String) -> Bool {
        var buffer = in6_addr()
        return unsafe inet_pton(AF_INET, host, &buffer) == 1 || inet_pton(AF_INET6, host, &buffer) == 1
    }

    private static func look(up host: String) throws(RedisError) -> [String] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw RedisError(.unavailable, "cannot look up \(host): \(reason)")
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [String] = []
        var entry = unsafe list
        while let current = unsafe entry {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let named = unsafe getnameinfo(
                current.pointee.ai_addr, current.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            if named == 0 { addresses.append(String(decoding: text.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)) }
            unsafe entry = current.pointee.ai_next
        }
        return addresses
    }
}
