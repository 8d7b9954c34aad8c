internal import CLinux
package import EventLoop
internal import Glibc

/// TCP ports of this machine.
package enum PortProbe {
    /// Whether a listener could be bound to `port` of the loopback address now.
    package static func isFree(_ port: Int) throws(SystemError) -> Bool {
        guard cl_probe_port(UInt16(clamping: port)) != 0 else { return true }
        guard errno == EADDRINUSE else { throw .last("listen on port \(port)") }
        return false
    }
}
