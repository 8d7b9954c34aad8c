internal import CMicrohttpd
internal import HTTPMessages

/// An answer in the library's form.
enum DaemonResponse {
    /// Longer bodies are not copied at once but read piece by piece, which also shows whether the client reads.
    private static let copyLimit = 64 * 1024
    /// The buffer for bodies that are not sent in chunks.
    private static let blockSize = 16 * 1024

    /// Queues `response` on `connection`, which must be at a point where the library takes one.
    static func queue(_ response: HTTPResponse, for exchange: Exchange, on connection: OpaquePointer) -> Bool {
        guard let raw = unsafe make(response, exchange) else { return false }
        // The library counts references; ours ends here.
        defer { unsafe MHD_destroy_response(raw) }
        ResponseFields.each(of: response) { name, value in
            // By hand, because the compiler would copy both texts for the call.
            unsafe name.withCString { name in
                // Refused are only empty values, which say nothing anyway.
                unsafe value.withCString { value in _ = unsafe MHD_add_response_header(raw, name, value) }
            }
        }
        if exchange.connection?.server.plan.isDraining == true {
            _ = unsafe MHD_add_response_header(raw, "Connection", "close")
        }
        return unsafe MHD_queue_response(connection, UInt32(ResponseFields.status(of: response)), raw) == .YES
    }

    private static func make(_ response: HTTPResponse, _ exchange: Exchange) -> OpaquePointer? {
        switch response.body {
        case .bytes(let bytes) where bytes.count <= copyLimit:
            // Copied by the library before the call returns, so the pointer may be cast.
            return unsafe bytes.withUnsafeBytes { buffer in
                unsafe MHD_create_response_from_buffer(
                    buffer.count, UnsafeMutableRawPointer(mutating: buffer.baseAddress), .RESPMEM_MUST_COPY)
            }
        case .bytes(let bytes):
            return unsafe fromBytes(BytesReader(bytes, exchange))
        case .stream:
            let length = ResponseFields.announcedLength(of: response)
            exchange.stream?.isChunked = length == nil && !exchange.isHTTP10
            let raw = unsafe fromStream(exchange, length: length)
            if let raw = unsafe raw, exchange.stream == nil, length == nil { unsafe cm_without_chunks(raw) }
            return unsafe raw
        }
    }

    private static func fromBytes(_ reader: BytesReader) -> OpaquePointer? {
        unsafe MHD_create_response_from_callback(
            UInt64(reader.bytes.count), blockSize,
            { context, position, room, count in
                guard let context = unsafe context, let room = unsafe room else { return CM_END_WITH_ERROR }
                return unsafe Unmanaged<BytesReader>.fromOpaque(context).takeUnretainedValue()
                    .copy(from: position, into: UnsafeMutableRawBufferPointer(start: room, count: count))
            }, Unmanaged.passRetained(reader).toOpaque(),
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<BytesReader>.fromOpaque(context).release()
            })
    }

    private static func fromStream(_ exchange: Exchange, length: Int?) -> OpaquePointer? {
        unsafe MHD_create_response_from_callback(
            length.map { UInt64($0) } ?? CM_SIZE_UNKNOWN, exchange.stream?.isChunked == true ? 1 : blockSize,
            { context, _, room, count in
                guard let context = unsafe context, let room = unsafe room else { return CM_END_WITH_ERROR }
                return unsafe Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
                    .fill(UnsafeMutableRawBufferPointer(start: room, count: count))
            }, Unmanaged.passRetained(exchange).toOpaque(),
            { context in
                guard let context = unsafe context else { return }
                unsafe Unmanaged<Exchange>.fromOpaque(context).release()
            })
    }
}

/// A long body that the library reads piece by piece.
private final class BytesReader {
    let bytes: [UInt8]
    private let exchange: Exchange

    init(_ bytes: [UInt8], _ exchange: Exchange) {
        self.bytes = bytes
        self.exchange = exchange
    }

    func copy(from position: UInt64, into room: UnsafeMutableRawBufferPointer) -> Int {
        exchange.noteProgress()
        let start = Int(position)
        let count = min(room.count, bytes.count - start)
        guard count > 0 else { return CM_END_OF_STREAM }
        unsafe bytes.withUnsafeBytes { source in
            unsafe room.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + count]))
        }
        return count
    }
}
