using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Platform;

namespace WalletFunctions.Support.Inbox;

/// <summary>/v1/inbox/conversations: what agents read and change.</summary>
public sealed class InboxFunctions(InboxDesk desk, AccountDirectory accounts, ConversationMatters matters)
{
    private const int MaxFilterLength = 100;

    private static readonly string[] Filters = ["channel", "topic", "tag", "q"];

    [Function("ListConversations")]
    [Access(Role.Staff)]
    [Operation("The inbox, a view at a time", Response = typeof(ConversationLine), IsList = true, Query = ["view", "channel", "topic", "tag", "q"])]
    public async Task<IResult> List([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/inbox/conversations")] HttpRequest request, CancellationToken cancellationToken)
    {
        var page = Paging.Read(request);
        if (!page.IsOk)
        {
            return Answers.Problem(request, page.Error);
        }

        var query = ReadQuery(request);
        if (!query.IsOk)
        {
            return Answers.Problem(request, query.Error);
        }

        var (items, continuation) = await desk.ListAsync(query.Value, page.Value, cancellationToken);
        return Answers.List(items.Select(ConversationLine.Of).ToList(), continuation);
    }

    [Function("ReadConversation")]
    [Access(Role.Staff)]
    [Operation("A conversation with its messages, notes and events", Response = typeof(ConversationDetail), Codes = ["not_found"])]
    public async Task<IResult> Read([HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "v1/inbox/conversations/{conversationId}")] HttpRequest request, string conversationId, CancellationToken cancellationToken) =>
        Id.TryParse<ConversationId>(conversationId, out var id) && await desk.OpenAsync(id, cancellationToken) is { } found
            ? Answers.Ok(
                ConversationDetail.Of(found.Head.Conversation, found.Items, await matters.FindAsync(found.Head.Conversation, request.Caller(), cancellationToken), request.Caller().Language),
                found.Head.ETag)
            : Answers.Problem(request, PlatformErrors.NotFound);

    [Function("ChangeConversation")]
    [Access(Role.Staff)]
    [Operation("Change status, priority, assignee, topic, department, tags or snooze; null takes assignee, topic or department away", Request = typeof(ChangeRequest), Response = typeof(ConversationLine), Codes = ["not_found", "precondition_failed", "snooze_needs_time"])]
    public async Task<IResult> Change([HttpTrigger(AuthorizationLevel.Anonymous, "patch", Route = "v1/inbox/conversations/{conversationId}")] HttpRequest request, string conversationId, CancellationToken cancellationToken)
    {
        var read = await JsonForm.ReadAsync(request, cancellationToken);
        if (!read.IsOk)
        {
            return Answers.Problem(request, read.Error);
        }

        var change = ReadChange(read.Value);
        if (change.Assignee is { } assignee && !await IsStaffAsync(assignee, cancellationToken))
        {
            read.Value.Fail(FieldErrors.Invalid("assignee", new("没有这位客服。", "there is no such agent.")));
        }

        if (read.Value.Finish() is { } mistake)
        {
            return Answers.Problem(request, mistake);
        }

        if (!Id.TryParse<ConversationId>(conversationId, out var id))
        {
            return Answers.Problem(request, PlatformErrors.NotFound);
        }

        var result = await desk.ChangeAsync(id, change, request.Caller().Account, etag => ETags.Check(request, etag), cancellationToken);
        return result.IsOk ? Answers.Ok(ConversationLine.Of(result.Value.Conversation), result.Value.ETag) : Answers.Problem(request, result.Error);
    }

    private async Task<bool> IsStaffAsync(AccountId id, CancellationToken cancellationToken) =>
        await accounts.FindAsync(id, cancellationToken) is { } account && (account.Role & Role.Staff) != Role.Anonymous;

    private static ConversationChange ReadChange(JsonForm form) => new()
    {
        Status = form.OptionalEnum<ConversationStatus>("status"),
        Priority = form.OptionalEnum<Priority>("priority"),
        // As in a merge patch, what is absent stays, and null takes away. An empty list is not the same as none.
        HasAssignee = form.Has("assignee") || form.IsBlank("assignee"),
        Assignee = form.OptionalId<AccountId>("assignee"),
        Topic = form.OptionalString("topic", 60) ?? (form.IsBlank("topic") ? "" : null),
        Department = form.OptionalString("department", 60) ?? (form.IsBlank("department") ? "" : null),
        Tags = form.Strings("tags", maxItems: 20, maxLength: 40) is var tags && form.Has("tags") ? tags : null,
        SnoozeUntil = form.OptionalTime("snoozeUntil"),
    };

    private static Result<InboxQuery> ReadQuery(HttpRequest request)
    {
        var name = request.Query["view"].ToString();
        var view = InboxView.Open;
        if (name.Length > 0 && (!Enum.TryParse(name, ignoreCase: true, out view) || !name.All(char.IsAsciiLetterLower)))
        {
            return PlatformErrors.Validation([FieldErrors.Invalid("view", new("没有这样的视图。", "it must be one of unassigned, mine, open, pending, snoozed, resolved, overdue, all."))]);
        }

        var tooLong = Filters.Where(field => request.Query[field].ToString().Length > MaxFilterLength).ToList();
        return tooLong.Count > 0
            ? PlatformErrors.Validation(tooLong.ConvertAll(field => FieldErrors.Longer(field, MaxFilterLength)))
            : new InboxQuery(view, request.Caller().Account, Filter("channel"), Filter("topic"), Filter("tag"), Filter("q"));

        string? Filter(string field) => request.Query[field].ToString() is { Length: > 0 } text ? text : null;
    }

    internal sealed record ChangeRequest(ConversationStatus? Status, Priority? Priority, AccountId? Assignee, string? Topic, string? Department, IReadOnlyList<string>? Tags, DateTimeOffset? SnoozeUntil);
}
