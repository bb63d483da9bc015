using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Files;

namespace WalletFunctions.Files;

/// <summary>One file in a form, as a browser or an app sends it.</summary>
/// <param name="Name">As the uploader calls it.</param>
internal sealed record UploadForm(string? Name, ReadOnlyMemory<byte> Bytes)
{
    private const string Field = "file";

    /// <summary>What stands around the file in the body.</summary>
    private const int MaxAround = 16 * 1024;

    /// <summary>RFC 2046, 5.1.1.</summary>
    private const int LongestBoundary = 70;

    /// <summary>Reads a form that has the field <c>file</c> and nothing else, and never more of it than one file may have.</summary>
    public static async Task<Result<UploadForm>> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        if (request.ContentLength > UploadedFiles.MaxBytes + MaxAround)
        {
            return FileErrors.TooLarge;
        }

        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
            || !type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase)
            || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= LongestBoundary } boundary)
        {
            return FileErrors.FormExpected;
        }

        try
        {
            var reader = new MultipartReader(boundary.ToString(), request.Body) { HeadersLengthLimit = MaxAround };
            var file = await reader.ReadNextSectionAsync(cancellationToken) is { } section ? await ReadAsync(section, cancellationToken) : FileErrors.FormExpected;
            return file.IsOk && await reader.ReadNextSectionAsync(cancellationToken) is not null ? FileErrors.FormExpected : file;
        }
        catch (Exception e) when (e is InvalidDataException or BadHttpRequestException { StatusCode: not StatusCodes.Status413PayloadTooLarge } || (e is IOException && e.GetType() == typeof(IOException)))
        {
            // A form that is cut off, or whose parts have no end or too long a beginning.
            return FileErrors.FormExpected;
        }
    }

    private static async Task<Result<UploadForm>> ReadAsync(MultipartSection section, CancellationToken cancellationToken)
    {
        if (section.AsFileSection() is not { FileStream: { } content } file || file.Name != Field)
        {
            return FileErrors.FormExpected;
        }

        using var bytes = new MemoryStream();
        var buffer = new byte[80 * 1024];
        for (var read = 1; read > 0;)
        {
            read = await content.ReadAsync(buffer, cancellationToken);
            if (bytes.Length + read > UploadedFiles.MaxBytes)
            {
                return FileErrors.TooLarge;
            }

            bytes.Write(buffer, 0, read);
        }

        return new UploadForm(file.FileName, bytes.ToArray());
    }
}
