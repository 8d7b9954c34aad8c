internal import CZlib

/// Deflating, by zlib.
package enum Deflation {
    /// `bytes` in zlib's form, which `Inflation` reads, compressed with little effort.
    package static func deflate(_ bytes: [UInt8]) -> [UInt8] {
        var length = compressBound(UInt(bytes.count))
        var output = [UInt8](repeating: 0, count: Int(length))
        let status = unsafe compress2(&output, &length, bytes, UInt(bytes.count), Z_BEST_SPEED)
        // The buffer is as long as zlib wants it, so that only memory can be missing.
        precondition(status == Z_OK, "out of memory")
        output.removeLast(output.count - Int(length))
        return output
    }
}
