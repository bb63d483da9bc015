using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>/v1/inbox/conversations/{id}/messages and /notes: what agents write.</summary>
public sealed class ReplyFunctions(InboxDesk desk, Idempotency idempotency)
{
    private const int MaxChannelLength = 20;
    private const int MaxFiles = 10;
    private const int MaxFileId = 64;

    [Function("ReplyInConversation")]
    [Access(Role.Staff)]
    [Operation("Answer the customer", Request = typeof(ReplyRequest), Response = typeof(ReplyAnswer), Status = 201, Key = true, Codes = ["not_found", "no_reply_route"])]
    public Task<IResult> Reply([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/inbox/conversations/{conversationId}/messages")] HttpRequest request, string conversationId, CancellationToken cancellationToken) =>
        RunAsync(request, conversationId, "messages", ReadReply, async (id, said, seed) =>
        {
            var reply = await desk.ReplyAsync(id, seed, request.Caller().Account, Normal(said.Text), said.Via, cancellationToken);
            return reply.IsOk
                ? StoredAnswer.Created(new ReplyAnswer(reply.Value.Id, id, reply.Value.Channel, reply.Value.State, reply.Value.At), $"/api/v1/inbox/conversations/{id}")
                : StoredAnswer.Problem(request, reply.Error);
        }, cancellationToken);

    [Function("NoteInConversation")]
    [Access(Role.Staff)]
    [Operation("Keep a private note", Request = typeof(NoteRequest), Response = typeof(NoteKept), Status = 201, Key = true, Codes = ["not_found"])]
    public Task<IResult> Note([HttpTrigger(AuthorizationLevel.Anonymous, "post", Route = "v1/inbox/conversations/{conversationId}/notes")] HttpRequest request, string conversationId, CancellationToken cancellationToken) =>
        RunAsync(request, conversationId, "notes", form => form.RequiredString("text", Answering.MaxTextLength, multiline: true), async (id, text, seed) =>
        {
            var note = await desk.NoteAsync(id, seed, request.Caller().Account, Normal(text), cancellationToken);
            return note.IsOk ? StoredAnswer.Created(new NoteKept(note.Value, id), $"/api/v1/inbox/conversations/{id}") : StoredAnswer.Problem(request, note.Error);
        }, cancellationToken);

    private async Task<IResult> RunAsync<T>(HttpRequest request, string conversationId, string what, Func<JsonForm, T> readBody, Func<ConversationId, T, byte[], Task<StoredAnswer>> work, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var body = readBody(read.Value);
        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        // The conversation belongs to the key's scope: the same key in another one is another request.
        return Id.TryParse<ConversationId>(conversationId, out var id)
            ? await idempotency.RunAsync(request, $"POST /v1/inbox/conversations/{id}/{what}", read.Value, operation => work(id, body, operation.Seed), cancellationToken)
            : Answers.Problem(request, PlatformErrors.NotFound);
    }

    /// <summary>Nothing takes files in yet, so a file that is named cannot be there; a client may well say that it has none.</summary>
    private static (string Text, string? Via) ReadReply(JsonForm form)
    {
        if (form.Strings("fileIds", MaxFiles, MaxFileId).Count > 0)
        {
            form.Fail(FieldErrors.Invalid("fileIds", new("没有这个文件。", "there is no such file.")));
        }

        return (form.RequiredString("text", Answering.MaxTextLength, multiline: true), form.OptionalString("via", MaxChannelLength));
    }

    private static string Normal(string text) => text.ReplaceLineEndings("\n");

    internal sealed record ReplyRequest(string Text, IReadOnlyList<string>? FileIds, string? Via);

    internal sealed record NoteRequest(string Text);
}
