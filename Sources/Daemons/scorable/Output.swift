import EventLoop
import Glibc
import Launcher
import SystemCalls

/// Writes text to standard output, or another descriptor, without anything in it that steers a terminal.
func say(_ text: String, to fd: Int32 = 1) {
    let text = PrintedText.safe(text)
    if fd == 1 { pass(text) } else { CompleteOutput.write(text, to: fd) }
}

/// Writes text to standard output with the colours in it: the parts of others in it have been made safe.
func paint(_ text: String) { pass(text) }

/// Writes data to standard output as they are; as text, where somebody looks at them.
func give(_ bytes: [UInt8]) {
    if isatty(1) == 1 { say(String(decoding: bytes, as: UTF8.self)) } else { pass(bytes) }
}

private func pass(_ text: String) { pass(Array(text.utf8)) }

/// What is not written is no success: a script would take a part for the whole. Only whoever has stopped reading does not
/// want the rest.
private func pass(_ bytes: [UInt8]) {
    do throws(SystemError) {
        try PipedOutput.write(bytes)
    } catch {
        guard error.code != EPIPE else { return }
        CompleteOutput.write("scorable: \(error). What was asked for may be done all the same.\n", to: 2)
        _exit(1)
    }
}
