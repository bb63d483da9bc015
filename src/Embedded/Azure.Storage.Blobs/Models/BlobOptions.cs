namespace Azure.Storage.Blobs.Models;

/// <summary>How a blob is stored. Without <see cref="Conditions"/> it replaces what is there.</summary>
public class BlobUploadOptions
{
    public BlobHttpHeaders HttpHeaders { get; set; }

    public IDictionary<string, string> Metadata { get; set; }

    public BlobRequestConditions Conditions { get; set; }
}

/// <summary>The headers that a download answers with.</summary>
public class BlobHttpHeaders
{
    public string ContentType { get; set; }

    public string ContentEncoding { get; set; }

    public string ContentLanguage { get; set; }

    public string ContentDisposition { get; set; }

    public string CacheControl { get; set; }
}

public class BlobDownloadOptions
{
    public HttpRange Range { get; set; }

    public BlobRequestConditions Conditions { get; set; }
}
