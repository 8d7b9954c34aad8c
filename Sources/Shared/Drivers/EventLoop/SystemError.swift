import Glibc

/// A system call failed.
package struct SystemError: Error, Hashable, CustomStringConvertible {
    /// The call and what it was about, e.g. `bind 127.0.0.1:8080`.
    package let operation: String
    /// The value of `errno` after the call.
    package let code: Int32

    /// An error of `operation` with an `errno` value.
    package init(_ operation: String, code: Int32) {
        self.operation = operation
        self.code = code
    }

    /// The error of the call that has just failed. Read it in the statement after the call.
    package static func last(_ operation: String) -> SystemError {
        SystemError(operation, code: errno)
    }

    package var description: String {
        var text = [CChar](repeating: 0, count: 256)
        let known = unsafe text.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { return false }
            return unsafe strerror_r(code, base, buffer.count) == 0
        }
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        let message = known ? String(decoding: bytes, as: UTF8.self) : "error \(code)"
        return "\(operation): \(message)"
    }
}
