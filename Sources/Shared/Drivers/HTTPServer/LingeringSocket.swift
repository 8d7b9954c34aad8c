internal import EventLoop
internal import Glibc

/// A connection that was closed while its client was still sending.
///
/// Closing a socket that has unread input resets it, and a reset makes the client drop the answer that it has not read
/// yet. So the input is read away, for a bounded time and amount, until the client has seen the end.
final class LingeringSocket {
    private let fd: Int32
    private var watch: Watch?
    private var timer: LoopTimer?
    private var allowance = 4 * 1024 * 1024
    private let onEnd: (LingeringSocket) -> Void

    /// `nil` when there is no descriptor to spare.
    init?(duplicating original: Int32, on loop: Loop, onEnd: @escaping (LingeringSocket) -> Void) {
        fd = fcntl(original, F_DUPFD_CLOEXEC, 0)
        self.onEnd = onEnd
        guard fd >= 0 else { return nil }
        do {
            watch = try loop.watch(fd, .readable) { [unowned self] _ in read() }
        } catch {
            close(fd)
            return nil
        }
        timer = loop.after(.seconds(2)) { [unowned self] in end() }
    }

    /// Closes the socket for good.
    func end() {
        guard let watch else { return }
        watch.cancel()
        self.watch = nil
        timer?.cancel()
        close(fd)
        onEnd(self)
    }

    private func read() {
        let count = unsafe withUnsafeTemporaryAllocation(byteCount: 16 * 1024, alignment: 1) { room in
            unsafe recv(fd, room.baseAddress, room.count, Int32(MSG_DONTWAIT))
        }
        if count < 0, errno == EAGAIN || errno == EINTR { return }
        allowance -= count
        if count <= 0 || allowance < 0 { end() }
    }
}
