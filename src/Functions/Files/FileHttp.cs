using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Files;
using WalletFunctions.Platform;

namespace WalletFunctions.Files;

/// <summary>/v1/uploads and /v1/files: files go up here, and routes that take files take their ids.</summary>
public sealed class FileHttp(UploadedFiles files, RateLimits limits)
{
    private static readonly RateLimit PerAccount = new("uploads", 100, TimeSpan.FromHours(1));

    [Function("AddUpload")]
    [Access(Role.SignedIn)]
    [Operation("Upload one file, field `file`, at most 10 MiB: JPEG, PNG, WebP, PDF, MP4 or plain text, told from its bytes. What is attached to nothing is removed after 7 days",
        RequestMediaType = "multipart/form-data", Response = typeof(FileView), Status = 201, Codes = ["file_too_large", "file_type_unsupported", "multipart_expected", "too_many_requests"])]
    public async Task<IResult> UploadAsync([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/uploads")] HttpRequest request, CancellationToken cancellationToken)
    {
        var caller = request.Caller();
        if (await limits.RefuseAsync(request, caller.Account.Value, cancellationToken, PerAccount) is { } tooMany)
        {
            return Answers.Problem(request, tooMany);
        }

        var form = await UploadForm.ReadAsync(request, cancellationToken);
        var stored = form.IsOk ? await files.StoreAsync(caller.Account, form.Value.Name, form.Value.Bytes, cancellationToken) : form.Error;
        return stored.IsOk ? Answers.Created(FileView.Of(stored.Value), $"/api/v1/files/{stored.Value.Id}") : Answers.Problem(request, stored.Error);
    }

    [Function("GetFile")]
    [Access(Role.SignedIn)]
    [Operation("A file of one's own, to be saved; staff see all", ResponseMediaType = "*/*", Codes = ["file_not_found"])]
    public async Task<IResult> GetAsync([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/files/{fileId}")] HttpRequest request, string fileId, CancellationToken cancellationToken) =>
        Id.TryParse<FileId>(fileId, out var id) && await files.FindAsync(id, request.Caller(), cancellationToken) is { } file
            ? await files.AnswerAsync(file, cancellationToken)
            : Answers.Problem(request, FileErrors.NotFound);
}

/// <summary>A file as its uploader sees it.</summary>
internal sealed record FileView(FileId FileId, string Name, string MediaType, long Bytes)
{
    public static FileView Of(StoredFile file) => new(file.Id, file.Name, file.MediaType, file.Bytes);
}

/// <summary>Sets the removal of files going that belong to nothing.</summary>
public sealed class FileTimer(UploadedFiles files)
{
    [Function("RemoveUnattachedFiles")]
    public Task RunAsync([TimerTrigger("0 20 * * * *")] TimerInfo timer, CancellationToken cancellationToken) => files.RemoveUnattachedAsync(cancellationToken);
}
