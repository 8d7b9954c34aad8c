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

    package init(requestID: String, deadline: Deadline, propagation: HTTPHeaders, logger: Logger) {
        self.requestID = requestID
        self.deadline = deadline
        self.propagation = propagation
        self.logger = logger
    }
}
