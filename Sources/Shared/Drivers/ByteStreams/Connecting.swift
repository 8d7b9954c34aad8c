import CLinux
package import Cryptography
package import EventLoop
import Glibc
package import SystemCalls

extension ByteStream {
    /// For so long nothing of what was sent may be acknowledged, in milliseconds.
    private static let longestSilence: UInt32 = 60_000

    /// A stream to `host`, over TLS when there is a context for it. Every address that the name has is tried, as far as
    /// it is within `reach`.
    package static func connect(
        to host: String, port: UInt16, tls context: TLSClientContext?, names: NameResolver,
        within reach: StreamReach = .anywhere, on loop: Loop, until deadline: Deadline
    ) async throws(ByteStreamError) -> ByteStream {
        guard reach.permitsHost(host, Int(port)) else {
            throw .forbidden("\(host) port \(port) is not among the hosts that may be connected to")
        }
        let addresses: [String]
        do throws(NameResolver.Failure) {
            addresses = try await names.addresses(of: host, on: loop, until: deadline)
        } catch {
            switch error {
            case .unknown(let reason): throw .unreachable(reason)
            case .cancelled: throw .cancelled
            }
        }
        var last = ByteStreamError.unreachable("\(host) has no address")
        for address in addresses {
            guard reach.permits(address, of: host, port) else {
                last = .forbidden("\(host) has an address that may not be connected to")
                continue
            }
            do throws(ByteStreamError) {
                let stream = try await connect(to: address, port, on: loop, until: deadline)
                do throws(ByteStreamError) {
                    if let context { try await stream.secure(with: context, host, until: deadline) }
                    return stream
                } catch {
                    stream.close()
                    throw error
                }
            } catch {
                if case .cancelled = error { throw error }
                last = error
            }
        }
        throw last
    }

    private func secure(
        with context: TLSClientContext, _ host: String, until deadline: Deadline
    ) async throws(ByteStreamError) {
        let channel: TLSChannel
        do {
            channel = try context.channel(to: host)
        } catch {
            throw .notSecure("\(error)")
        }
        try await startTLS(channel, until: deadline)
    }

    private static func connect(
        to address: String, _ port: UInt16, on loop: Loop, until deadline: Deadline
    ) async throws(ByteStreamError) -> ByteStream {
        let operation = "connect to \(address) port \(port)"
        let fd = unsafe cl_connect_tcp(address, port)
        guard fd >= 0 else { throw .unreachable("\(SystemError.last(operation))") }
        let descriptor: Descriptor
        do {
            descriptor = try loop.descriptor(fd)
        } catch {
            Glibc.close(fd)
            throw .unreachable("\(error)")
        }
        let stream = ByteStream(owning: fd, descriptor, on: loop)
        do {
            try await descriptor.writable(until: deadline)
        } catch {
            stream.close()
            switch error {
            case .timedOut: throw .unreachable("\(operation): no answer in time")
            case .cancelled, .closed: throw .cancelled
            }
        }
        var code: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        unsafe getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &length)
        guard code == 0 else {
            stream.close()
            throw .unreachable("\(SystemError(operation, code: code))")
        }
        cl_no_delay(fd)
        cl_keep_alive(fd)
        // A peer that is gone while something is on its way to it is not waited for, as it would be, for a quarter of an hour.
        var silence = Self.longestSilence
        unsafe setsockopt(
            fd, Int32(IPPROTO_TCP), TCP_USER_TIMEOUT, &silence, socklen_t(MemoryLayout.size(ofValue: silence)))
        return stream
    }
}
