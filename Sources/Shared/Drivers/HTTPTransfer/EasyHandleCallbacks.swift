internal import CCurl

extension EasyHandle {
    /// What libcurl calls while it drives the handle. None of them may call the multi handle or run a caller's code;
    /// they move bytes and leave word with the transfer.
    static var callbacks: cc_callbacks {
        unsafe cc_callbacks(
            body: { bytes, _, count, context in
                guard let context = unsafe context, let transfer = unsafe EasyHandle.from(context).transfer else {
                    return 0
                }
                guard let bytes = unsafe bytes else { return count }
                return unsafe transfer.receive(UnsafeRawBufferPointer(start: bytes, count: count))
            },
            header: { bytes, size, count, context in
                guard let context = unsafe context, let transfer = unsafe EasyHandle.from(context).transfer,
                    let bytes = unsafe bytes
                else { return 0 }
                return unsafe transfer.receiveHeadLine(UnsafeRawBufferPointer(start: bytes, count: size * count))
            },
            read: { bytes, size, count, context in
                guard let context = unsafe context, let transfer = unsafe EasyHandle.from(context).transfer else {
                    return CC_READ_ABORT
                }
                return unsafe transfer.send(into: UnsafeMutableRawBufferPointer(start: bytes, count: size * count))
            },
            seek: { context, offset, origin in
                guard let context = unsafe context, offset == 0, origin == 0,
                    let transfer = unsafe EasyHandle.from(context).transfer
                else { return CURL_SEEKFUNC_FAIL }
                return transfer.rewind() ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
            },
            ready: { context, _, _, _, localPort in
                guard let context = unsafe context else { return CURL_PREREQFUNC_ABORT }
                return unsafe EasyHandle.from(context).connectionReady(localPort)
            },
            open_socket: { context, _, address in
                guard let context = unsafe context, let address = unsafe address else { return CC_SOCKET_BAD }
                return unsafe EasyHandle.from(context).openSocket(address)
            },
            close_socket: { context, fd in
                guard let context = unsafe context else { return 1 }
                unsafe Unmanaged<TransferEngine>.fromOpaque(context).takeUnretainedValue().sockets.close(fd)
                return 0
            })
    }

    /// A connection, new or kept alive, can carry the request, which has not been sent on it yet.
    private func connectionReady(_ localPort: Int32) -> Int32 {
        engine.sockets.connected(openedSockets, localPort: localPort)
        openedSockets.removeAll(keepingCapacity: true)
        guard let transfer else { return CURL_PREREQFUNC_ABORT }
        return transfer.mayStart(sentBefore: requestSize) ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// Opens a socket for one of the addresses of the host, when the policy permits that address.
    private func openSocket(_ address: UnsafeMutablePointer<curl_sockaddr>) -> Int32 {
        var length: Int32 = 0
        let start = unsafe cc_address(address, &length)
        let bytes = unsafe [UInt8](UnsafeBufferPointer(start: start, count: Int(length)))
        guard bytes.isEmpty || engine.settings.egress.permits(address: bytes) else {
            transfer?.stop(.refusedByPolicy, "the host resolves to an address that may not be connected to")
            return CC_SOCKET_BAD
        }
        let fd = unsafe cc_open_socket(address)
        guard fd >= 0 else { return CC_SOCKET_BAD }
        engine.sockets.opened(fd)
        openedSockets.append(fd)
        return fd
    }
}
