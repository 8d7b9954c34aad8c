/// Where Google's models are.
enum GoogleAddress {
    /// Vertex AI's server for a location.
    static func host(_ location: String) -> String {
        switch location {
        case "global": "https://aiplatform.googleapis.com"
        case "us", "eu": "https://aiplatform.\(location).rep.googleapis.com"
        default: "https://\(location)-aiplatform.googleapis.com"
        }
    }

    /// The address of a model, to which a colon and a method are appended.
    static func model(_ model: String, of provider: Provider) -> String {
        let settings = provider.settings
        // Tuned models and models of other publishers have paths of their own.
        let isPath = model.contains("/")
        guard provider.kind == .vertexAI else {
            let base = ProviderAddress.url(provider.baseURL, version: "v1beta", path: "")
            return base + (isPath ? "/\(model)" : "/models/\(ProviderAddress.segment(model))")
        }
        let base = ProviderAddress.url(provider.baseURL, version: "v1beta1", path: "")
        let project = "\(base)/projects/\(settings.project ?? "")/locations/\(settings.location ?? "global")"
        return isPath ? "\(project)/\(model)" : "\(project)/publishers/google/models/\(ProviderAddress.segment(model))"
    }
}
