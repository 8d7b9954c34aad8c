internal import Glibc

/// The journal of systemd, as what a process writes to.
package enum JournalStream {
    /// Whether the descriptor leads to the journal that `variable` names, the value of `JOURNAL_STREAM`: a process may have
    /// inherited the variable and had its output redirected since.
    package static func isReached(by descriptor: Int32, _ variable: String?) -> Bool {
        guard let variable else { return false }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { return false }
        return variable == "\(status.st_dev):\(status.st_ino)"
    }
}
