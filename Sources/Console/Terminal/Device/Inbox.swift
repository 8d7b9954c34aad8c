import CNcurses
import Glibc
import Synchronization

/// Carries messages from any thread to the one that owns the terminal, and wakes it.
package final class Inbox<Message: Sendable>: Sendable {
    private struct Contents {
        var messages: [Message] = []
        var overflowed = false
    }

    private let contents = Mutex(Contents())
    private let limit: Int
    /// Readable when messages wait.
    let descriptor: Int32

    /// An inbox that holds at most `limit` messages of the kind that may be lost.
    package init(limit: Int) {
        self.limit = limit
        descriptor = cn_wakeup_open()
    }

    deinit { close(descriptor) }

    /// Puts a message in; it is never refused.
    package func post(_ message: Message) {
        contents.withLock { $0.messages.append(message) }
        cn_wakeup_post(descriptor)
    }

    /// Puts a message in unless the reader is too far behind; then `overflow` is put in once instead, so that the reader
    /// knows that something was lost.
    package func post(_ message: Message, orWhenFull overflow: Message) {
        contents.withLock { contents in
            if contents.messages.count < limit {
                contents.messages.append(message)
            } else if !contents.overflowed {
                contents.overflowed = true
                contents.messages.append(overflow)
            }
        }
        cn_wakeup_post(descriptor)
    }

    /// Waits until something is in or the time is over, then takes everything out. For a thread that has nothing else to
    /// wait for.
    package func take(within limit: Duration) -> [Message] {
        var interest = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&interest, 1, Int32(limit / .milliseconds(1)))
        return take()
    }

    /// Takes everything out, oldest first.
    package func take() -> [Message] {
        cn_wakeup_drain(descriptor)
        return contents.withLock { contents in
            defer { contents = Contents() }
            return contents.messages
        }
    }
}
