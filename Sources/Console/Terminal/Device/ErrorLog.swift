import Glibc

/// While a screen is up, whatever is written to standard error goes to a file: a line of a library in the middle of the
/// picture helps nobody. Given back when the screen is left.
final class ErrorLog {
    private let saved: Int32
    /// The file, -1 where it could not be opened and the lines are lost.
    let descriptor: Int32

    /// Sends standard error to a file, to nowhere when that cannot be opened.
    init(path: String?) {
        saved = fcntl(2, F_DUPFD_CLOEXEC, 3)
        descriptor = path.map { unsafe open($0, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600) } ?? -1
        let target = descriptor >= 0 ? descriptor : unsafe open("/dev/null", O_WRONLY | O_CLOEXEC)
        guard target >= 0 else { return }
        dup2(target, 2)
        if target != descriptor { close(target) }
    }

    /// Gives standard error back.
    func end() {
        if saved >= 0 { dup2(saved, 2) }
    }

    deinit {
        if saved >= 0 { close(saved) }
        if descriptor >= 0 { close(descriptor) }
    }
}
