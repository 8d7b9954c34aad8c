internal import CCurl
internal import EventLoop

/// Sending a body piece by piece: the caller's closure fills `upload`, libcurl's read callback empties it.
extension Transfer {
    // MARK: Callbacks of libcurl

    /// Gives libcurl bytes to send. Returns what it is to be told.
    func send(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        guard let piece = unsafe upload?.read(into: buffer) else { return CC_READ_ABORT }
        switch piece {
        case .bytes(let count):
            if upload?.isTaken == true { sentAll() } else { sent() }
            if upload.map({ $0.waiting < engine.settings.streamBufferBytes }) ?? true {
                roomWaiter?.resume()
                roomWaiter = nil
            }
            return count
        case .nothingYet:
            starved()
            return CC_READ_PAUSE
        case .end:
            sentAll()
            return 0
        }
    }

    /// Goes back to the first byte, for another attempt; `false` when that is not possible.
    func rewind() -> Bool { upload?.rewind() ?? true }

    // MARK: The pump

    /// Starts asking the caller's closure for pieces.
    ///
    /// Unstructured, because the response may end before the body does: the transfer owns the task and cancels it at
    /// its end. It is not awaited there, since a closure that ignores cancellation would outlast every deadline.
    func startPump() {
        guard case .stream(let length, let next) = request.body else { return }
        pump = engine.loop.spawn { [self] in
            do {
                try await pump(next, announced: length)
            } catch {
                abandon(.upload, "the request body could not be read: \(error)")
            }
        }
    }

    private func pump(_ next: @Sendable () async throws -> [UInt8]?, announced: Int?) async throws {
        var total = 0
        while total < announced ?? .max, let piece = try await next() {
            guard outcome == nil else { return }
            total += piece.count
            guard total <= announced ?? .max else { break }
            upload?.offer(piece)
            if !piece.isEmpty { wakeSender() }
            await room()
            guard outcome == nil else { return }
        }
        guard outcome == nil else { return }
        guard announced == nil || announced == total else {
            return abandon(.upload, "the request body has not the announced length")
        }
        upload?.complete()
        wakeSender()
    }

    private func wakeSender() {
        guard isSendingPaused else { return }
        isSendingPaused = false
        resume()
    }

    /// Waits while too much is waiting to be sent. The end of the transfer ends it too.
    private func room() async {
        while outcome == nil, let upload, upload.waiting >= engine.settings.streamBufferBytes {
            await withCheckedContinuation { roomWaiter = $0 }
        }
    }
}
