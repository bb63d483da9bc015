using Azure.Core;

namespace Azure.Storage;

/// <summary>The answers that are no failure, per kind of request.</summary>
internal static class Expected
{
    public static readonly StatusCodeClassifier Ok = new([200]);
    public static readonly StatusCodeClassifier OkOrPart = new([200, 206]);
    public static readonly StatusCodeClassifier OkOrAbsent = new([200, 404]);
    public static readonly StatusCodeClassifier Created = new([201]);
    public static readonly StatusCodeClassifier CreatedOrConflict = new([201, 204, 409]);
    public static readonly StatusCodeClassifier Accepted = new([202]);
    public static readonly StatusCodeClassifier AcceptedOrAbsent = new([202, 404]);
    public static readonly StatusCodeClassifier NoContent = new([204]);
    public static readonly StatusCodeClassifier NoContentOrAbsent = new([204, 404]);
    public static readonly StatusCodeClassifier CreatedOrNoContent = new([201, 204]);
}
