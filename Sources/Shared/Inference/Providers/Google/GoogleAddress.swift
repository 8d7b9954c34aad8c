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

    /// Who has made a model of Vertex AI, as far as that decides how it is asked.
    enum Publisher: String {
        case google
        case anthropic
    }

    /// Who has made a model: what its path says, or its name.
    static func publisher(of model: String) -> Publisher {
        let segments = model.split(separator: "/")
        guard let place = segments.firstIndex(of: "publishers"), place + 1 < segments.endIndex else {
            return model.hasPrefix("claude") ? .anthropic : .google
        }
        return Publisher(rawValue: String(segments[place + 1])) ?? .google
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
        if isPath { return "\(project)/\(model)" }
        return "\(project)/publishers/\(publisher(of: model).rawValue)/models/\(ProviderAddress.segment(model))"
    }
}
