package import EventLoop
import Glibc
import Synchronization

/// Host names to addresses, on a thread of its own because the system's resolver blocks. The thread starts with the
/// first name that is no address.
package final class NameResolver: Sendable {
    private let worker = Mutex<WorkerThreads?>(nil)
    private let name: String

    /// `name` is the thread's.
    package init(name: String) { self.name = name }

    /// Why there are no addresses.
    package enum Failure: Error, Sendable, Hashable {
        /// What the system said, or that it said nothing in time.
        case unknown(reason: String)
        /// Nobody waits for them any more.
        case cancelled
    }

    /// Numeric addresses in the system's order of preference. Gives up at the deadline, though the lookup goes on.
    package func addresses(
        of host: String, on loop: Loop, until deadline: Deadline
    ) async throws(Failure) -> [String] {
        guard !Self.isNumeric(host) else { return [host] }
        let threads = worker.withLock { worker in
            let threads = worker ?? WorkerThreads(name: name, count: 1, queueLimit: 64)
            worker = threads
            return threads
        }
        let answer = Answer()
        return try await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                answer.continuation = continuation
                if let remaining = deadline.remaining {
                    answer.timer = loop.after(remaining) {
                        answer.give(.failure(.unknown(reason: "looking up \(host) takes too long")))
                    }
                }
                // Unstructured: nothing can end the lookup, and the answer is not awaited beyond the deadline.
                loop.spawn {
                    do {
                        answer.give(.success(try await threads.run { try Self.look(up: host) }))
                    } catch let failure as Failure {
                        answer.give(.failure(failure))
                    } catch {
                        answer.give(.failure(.unknown(reason: "\(error)")))
                    }
                }
            }
        } onCancel: {
            loop.submit { answer.give(.failure(.cancelled)) }
        }.get()
    }

    /// Ends the thread, when there is nothing to look up any more.
    package func shutdown() { worker.withLock { $0?.shutdown() } }

    /// One continuation, resumed once. `@unchecked Sendable`: confined to the loop.
    private final class Answer: @unchecked Sendable {
        var continuation: CheckedContinuation<Result<[String], Failure>, Never>?
        var timer: LoopTimer?

        func give(_ result: Result<[String], Failure>) {
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

    private static func look(up host: String) throws(Failure) -> [String] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = unsafe getaddrinfo(host, nil, &hints, &list)
        guard code == 0 else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw .unknown(reason: "cannot look up \(host): \(reason)")
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
