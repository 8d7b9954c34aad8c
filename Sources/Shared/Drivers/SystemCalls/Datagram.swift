package import EventLoop
internal import Glibc

/// One message to a Unix datagram socket, which is how systemd is spoken to.
package enum Datagram {
    /// Sends `text` to the socket at `path`; a leading `@` stands for the abstract name space. Does not wait.
    package static func send(_ text: String, to path: String) throws(SystemError) {
        let fd = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard fd >= 0 else { throw .last("socket") }
        defer { close(fd) }
        var name = Array(path.utf8)
        if name.first == UInt8(ascii: "@") { name[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        guard name.count < capacity else { throw SystemError("send to \(path)", code: ENAMETOOLONG) }
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: name) }
        // The length ends with the name: in the abstract name space a trailing zero would be part of it.
        let length = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
        let message = Array(text.utf8)
        let sent = unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe sendto(fd, message, message.count, Int32(MSG_DONTWAIT), generic, length)
            }
        }
        guard sent == message.count else { throw .last("send to \(path)") }
    }
}
