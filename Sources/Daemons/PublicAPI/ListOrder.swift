internal import HTTPServing
internal import Tenancy

extension RequestContext {
    /// The order that `ordering` asks for. Lists go by the time of creation; other fields that clients name are no order of
    /// ours and are passed over.
    var listOrder: PageRequest.Order { query["ordering"] == "created_at" ? .oldestFirst : .newestFirst }
}
