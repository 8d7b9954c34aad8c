internal import CLinux

/// What a watched descriptor is asked for, or has become ready for.
package struct Readiness: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Reading will not block.
    package static let readable = Readiness(rawValue: UInt32(CL_READABLE))
    /// Writing will not block.
    package static let writable = Readiness(rawValue: UInt32(CL_WRITABLE))
    /// The peer has shut down its sending side. Reported only when asked for.
    package static let peerClosed = Readiness(rawValue: UInt32(CL_PEER_CLOSED))
    /// The connection is gone in both directions. Always reported.
    package static let hangup = Readiness(rawValue: UInt32(CL_HANGUP))
    /// An error is pending on the descriptor. Always reported.
    package static let error = Readiness(rawValue: UInt32(CL_ERROR))

    // By their bits, because to make a set of two others costs more, outside of this module, than what is done with it.

    /// Whether the connection is gone, by a hang-up or an error.
    package var isBroken: Bool { rawValue & UInt32(CL_HANGUP | CL_ERROR) != 0 }
    /// Whether reading will not block.
    package var isReadable: Bool { rawValue & UInt32(CL_READABLE) != 0 }
    /// Whether writing will not block.
    package var isWritable: Bool { rawValue & UInt32(CL_WRITABLE) != 0 }
    /// Whether the peer has shut down its sending side.
    package var isPeerClosed: Bool { rawValue & UInt32(CL_PEER_CLOSED) != 0 }
}

/// What to be told about.
package typealias Interest = Readiness

/// A descriptor registered with a loop; its handler runs on the loop until it is cancelled.
///
/// Confined to its loop. Cancel it before the descriptor is closed: the kernel forgets closed descriptors silently,
/// and a new one may get the same number.
package final class Watch {
    let fd: Int32
    let edgeTriggered: Bool
    var token: UInt64 = 0
    var handler: ((Readiness) -> Void)?
    private unowned let loop: Loop

    init(fd: Int32, edgeTriggered: Bool, loop: Loop, handler: @escaping (Readiness) -> Void) {
        self.fd = fd
        self.edgeTriggered = edgeTriggered
        self.loop = loop
        self.handler = handler
    }

    /// Asks for other events from now on.
    package func update(_ interest: Interest) throws(SystemError) {
        guard handler != nil else { return }
        guard cl_epoll_modify(loop.epoll, fd, interest.rawValue, edgeTriggered ? 1 : 0, token) == 0 else {
            throw .last("epoll_ctl modify fd \(fd)")
        }
    }

    /// No further calls of the handler. Idempotent.
    package func cancel() {
        guard handler != nil else { return }
        handler = nil
        loop.forget(self)
    }
}
