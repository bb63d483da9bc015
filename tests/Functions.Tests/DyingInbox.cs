using WalletFunctions.Domain;
using WalletFunctions.Support.Inbox;

namespace Functions.Tests;

/// <summary>The inbox, to a host that dies as soon as a conversation is open: it writes down nowhere which.</summary>
internal sealed class DyingInbox(IInbox inbox) : IInbox
{
    public async Task<ConversationId> OpenAsync(OpenConversation command, CancellationToken cancellationToken) =>
        throw new InvalidOperationException($"died when {await inbox.OpenAsync(command, cancellationToken)} was open");

    public Task AppendEventAsync(ConversationId conversation, string key, Text text, CancellationToken cancellationToken) =>
        inbox.AppendEventAsync(conversation, key, text, cancellationToken);

    public Task TellEndAsync(string occasion, DateTimeOffset at, string key, Text text, CancellationToken cancellationToken) =>
        inbox.TellEndAsync(occasion, at, key, text, cancellationToken);

    /// <summary>The status of the conversation about something, as agents see it.</summary>
    public static async Task<string?> StatusAsync(TestClient agent, string relatedId, string topic) =>
        (await agent.GetAsync($"v1/inbox/conversations?view=all&topic={topic}&limit=200")).Must(System.Net.HttpStatusCode.OK).Items()
            .Where(item => item.TryGetProperty("relatedId", out var related) && related.GetString() == relatedId).Select(item => item.GetProperty("status").GetString()).SingleOrDefault();
}
