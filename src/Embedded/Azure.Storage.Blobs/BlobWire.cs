using System.Globalization;
using Azure.Core;
using Azure.Storage.Blobs.Models;

namespace Azure.Storage.Blobs;

/// <summary>Headers to and from the models. Source: learn.microsoft.com/rest/api/storageservices/blob-service-rest-api.</summary>
internal static class BlobWire
{
    public static void SetConditions(Request request, RequestConditions conditions)
    {
        if (conditions is null) return;
        if (conditions.IfMatch is { } ifMatch) request.Headers.Add("If-Match", ifMatch.ToString("H"));
        if (conditions.IfNoneMatch is { } ifNoneMatch) request.Headers.Add("If-None-Match", ifNoneMatch.ToString("H"));
        if (conditions.IfModifiedSince is { } modified) request.Headers.Add("If-Modified-Since", modified.ToString("R"));
        if (conditions.IfUnmodifiedSince is { } unmodified) request.Headers.Add("If-Unmodified-Since", unmodified.ToString("R"));
        if (conditions is BlobRequestConditions { LeaseId: { } lease }) request.Headers.Add("x-ms-lease-id", lease);
    }

    public static void SetHttpHeaders(Request request, BlobHttpHeaders headers)
    {
        Set("x-ms-blob-content-type", headers?.ContentType);
        Set("x-ms-blob-content-encoding", headers?.ContentEncoding);
        Set("x-ms-blob-content-language", headers?.ContentLanguage);
        Set("x-ms-blob-content-disposition", headers?.ContentDisposition);
        Set("x-ms-blob-cache-control", headers?.CacheControl);

        void Set(string name, string value)
        {
            if (value is not null) request.Headers.Add(name, value);
        }
    }

    public static ETag ETag(Response response) => response.Headers.ETag ?? default;

    public static DateTimeOffset LastModified(Response response) => response.Headers.TryGetValue("Last-Modified", out var time) ? Time(time) : default;

    public static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    public static long Length(Response response) =>
        response.Headers.TryGetValue("Content-Length", out var length) ? long.Parse(length, CultureInfo.InvariantCulture) : 0;

    public static BlobContentInfo ContentInfo(Response response) => new() { ETag = ETag(response), LastModified = LastModified(response) };

    public static BlobDownloadDetails Details(Response response) => new()
    {
        ETag = ETag(response),
        LastModified = LastModified(response),
        ContentLength = Length(response),
        ContentType = response.Headers.ContentType,
        Metadata = StoragePipeline.Metadata(response),
    };

    public static BlobProperties Properties(Response response) => new()
    {
        ETag = ETag(response),
        LastModified = LastModified(response),
        CreatedOn = response.Headers.TryGetValue("x-ms-creation-time", out var created) ? Time(created) : default,
        ContentLength = Length(response),
        ContentType = response.Headers.ContentType,
        LeaseState = Enum.TryParse<LeaseState>(StoragePipeline.Header(response, "x-ms-lease-state"), ignoreCase: true, out var state) ? state : default,
        Metadata = StoragePipeline.Metadata(response),
    };
}
