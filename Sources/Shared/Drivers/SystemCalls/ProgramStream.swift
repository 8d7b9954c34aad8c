internal import CLinux
internal import EventLoop
internal import Glibc

/// Our end of a connection with a program that we started.
///
/// `@unchecked Sendable`: confined to its loop, on which it is also released.
final class ProgramStream: @unchecked Sendable {
    private let fd: Int32
    private var descriptor: Descriptor?

    /// The program's end, open until the last reference goes: as soon as the program has it, for us to let go of.
    final class TheirEnd {
        private(set) var fd: Int32

        init(_ fd: Int32) { self.fd = fd }

        deinit { letGo() }

        /// Closes it, on our side.
        func letGo() {
            guard fd >= 0 else { return }
            close(fd)
            fd = -1
        }
    }

    private init(_ fd: Int32, on loop: Loop) throws(SystemError) {
        self.fd = fd
        do throws(SystemError) {
            descriptor = try loop.descriptor(fd)
        } catch {
            close(fd)
            throw error
        }
    }

    deinit { finish() }

    /// Both ends of a new connection.
    static func pair(on loop: Loop) throws(SystemError) -> (ours: ProgramStream, theirs: TheirEnd) {
        var ends: [Int32] = [-1, -1]
        guard unsafe cl_open_pair(&ends) == 0 else { throw .last("open a connection with a program") }
        let theirs = TheirEnd(ends[1])
        return (try ProgramStream(ends[0], on: loop), theirs)
    }

    /// Closes our end; the program reads its end of input.
    func finish() {
        guard let descriptor else { return }
        descriptor.cancel()
        self.descriptor = nil
        close(fd)
    }

    /// Writes what `next` brings until it brings `nil`, or until the program wants no more, and closes our end.
    func write(_ next: () async throws -> [UInt8]?, until deadline: Deadline) async throws {
        defer { finish() }
        while let piece = try await next() {
            var rest = piece[...]
            while !rest.isEmpty {
                let count = unsafe rest.withUnsafeBytes { unsafe cl_send(fd, $0.baseAddress, $0.count) }
                if count >= 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EAGAIN {
                    try await ready(.writing, until: deadline)
                } else if errno != EINTR {
                    // It has ended, or has read enough.
                    return
                }
            }
        }
    }

    /// The next piece of what the program writes, `nil` when it has closed its end.
    func next(until deadline: Deadline) async throws -> [UInt8]? {
        var piece = [UInt8](repeating: 0, count: 256 << 10)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(fd, $0.baseAddress, $0.count) }
            if count > 0 {
                piece.removeLast(piece.count - count)
                return piece
            }
            guard count < 0 else { return nil }
            if errno == EAGAIN {
                try await ready(.reading, until: deadline)
            } else if errno != EINTR {
                throw SystemError.last("read from a program")
            }
        }
    }

    /// Everything that the program writes until it closes its end. Beyond `limit` bytes the rest is left out when
    /// `cutting`, and is an excess otherwise.
    func read(atMost limit: Int, cutting: Bool, until deadline: Deadline) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = unsafe piece.withUnsafeMutableBytes { unsafe Glibc.read(fd, $0.baseAddress, $0.count) }
            if count > 0 {
                let room = limit - bytes.count
                guard count <= room || cutting else { throw ConfinedProgram.Excess.output }
                bytes += piece.prefix(min(count, room))
            } else if count < 0, errno == EAGAIN {
                try await ready(.reading, until: deadline)
            } else if count == 0 {
                return bytes
            } else if errno != EINTR {
                throw SystemError.last("read from a program")
            }
        }
    }

    private enum Direction { case reading, writing }

    private func ready(_ direction: Direction, until deadline: Deadline) async throws {
        guard let descriptor else { throw CancellationError() }
        do {
            switch direction {
            case .reading: try await descriptor.readable(until: deadline)
            case .writing: try await descriptor.writable(until: deadline)
            }
        } catch .timedOut {
            throw ConfinedProgram.Excess.time
        } catch {
            throw CancellationError()
        }
    }
}
