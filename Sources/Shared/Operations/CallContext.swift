package import EventLoop
package import HTTPMessages
package import Logging

/// The circumstances of a call: how logs name it, how long it may take, and what travels with the calls it causes.
package struct CallContext: Sendable {
    package let requestID: String
    package let deadline: Deadline
    /// Request identifier and trace, for the calls that this one causes.
    package let propagation: HTTPHeaders
    package let logger: Logger
    /// When it arrived.
    package let arrival = ContinuousClock.now

    package init(requestID: String, deadline: Deadline, propagation: HTTPHeaders, logger: Logger) {
        self.requestID = requestID
        self.deadline = deadline
        self.propagation = propagation
        self.logger = logger
    }

    /// The circumstances of an execution whose caller waits until a deadline, and that may take so long at most.
    ///
    /// It ends a little before the caller stops waiting, so that what failed is recorded and told, and not cut off.
    package init(
        requestID: String, callerWaits deadline: Deadline, atMost timeout: Duration, propagation: HTTPHeaders,
        logger: Logger
    ) {
        let remaining = deadline.earlier(.after(timeout)).remaining ?? timeout
        self.init(
            requestID: requestID, deadline: .after(remaining - min(.milliseconds(500), remaining / 5)),
            propagation: propagation, logger: logger)
    }
}
