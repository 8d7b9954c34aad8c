internal import EventLoop

/// Sending a body piece by piece: the caller's closure is asked for the next one as the connection takes them.
extension Transfer {
    /// Starts asking the caller's closure for pieces.
    ///
    /// Unstructured, because the response may end before the body does: the transfer owns the task and cancels it at
    /// its end. It is not awaited there, since a closure that ignores cancellation would outlast every deadline.
    func startPump() {
        guard case .stream(let length, let next) = request.body, pump == nil else { return }
        pump = engine.loop.spawn { [self] in
            do {
                try await fill(announced: length, next)
            } catch {
                abandon(.upload, "the request body could not be read: \(error)")
            }
        }
    }

    private func fill(announced: Int?, _ next: @Sendable () async throws -> [UInt8]?) async throws {
        guard case .connection(let connection) = carrier else { return }
        var total = 0
        while total < announced ?? .max, let piece = try await next() {
            guard outcome == nil else { return }
            total += piece.count
            guard total <= announced ?? .max else { break }
            if !piece.isEmpty {
                resumesSending()
                connection.offer(announced == nil ? Self.chunk(piece) : piece)
            }
            while outcome == nil, connection.unsent >= engine.settings.streamBufferBytes {
                unsafe await withUnsafeContinuation { unsafe roomWaiter = $0 }
            }
            guard outcome == nil else { return }
        }
        guard outcome == nil else { return }
        guard announced == nil || announced == total else {
            return abandon(.upload, "the request body has not the announced length")
        }
        isBodyComplete = true
        resumesSending()
        connection.offer(announced == nil ? Array("0\r\n\r\n".utf8) : [])
    }

    /// A piece in the chunked coding (RFC 9112 §7.1).
    private static func chunk(_ piece: [UInt8]) -> [UInt8] {
        var chunk = Array("\(String(piece.count, radix: 16))\r\n".utf8)
        chunk.reserveCapacity(chunk.count + piece.count + 2)
        chunk += piece
        chunk += [13, 10]
        return chunk
    }
}
