using System.Net;
using System.Text.Json.Nodes;
using Shouldly;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>What somebody was told, and what the providers of the sandbox were handed for it.</summary>
internal static class Told
{
    /// <summary>Waits until everything has gone out; then each notice has one message on each channel, and there is no other message.</summary>
    /// <param name="client">A customer or a merchant.</param>
    /// <param name="person">The same, as the sandbox tells them.</param>
    /// <param name="isAll">Whether these are all notices that are to come.</param>
    /// <param name="limit">How long to wait.</param>
    /// <param name="sweep">Looks for what dead hosts have left; null leaves that to the host's own time.</param>
    /// <returns>The notices, newest first.</returns>
    public static async Task<IReadOnlyList<JsonNode>> OnceAsync(WalletClient client, JsonNode person, Func<IReadOnlyList<JsonNode>, bool> isAll, TimeSpan limit, Func<Task>? sweep = null)
    {
        List<JsonNode> notices = [];
        await Stage.UntilAsync("every notice has gone out", limit, async () =>
        {
            await (sweep?.Invoke() ?? Task.CompletedTask);
            notices = await AllAsync(client, "/api/v1/me/notifications");
            return (isAll(notices) && notices.All(HasGone), string.Join('\n', notices.Where(notice => !HasGone(notice)).Select(notice => notice.ToJsonString()).Prepend($"{notices.Count} notices")));
        });
        var email = (string?)(await client.GetAsync("/api/v1/me")).Expect(HttpStatusCode.OK).Body!["email"];
        foreach (var address in new[] { (string)person["phone"]!, email }.OfType<string>())
        {
            var sent = await AllAsync(client, $"/api/sandbox/outbox?to={Uri.EscapeDataString(address)}");
            sent.Count.ShouldBe(notices.Count, "one message for each notice on each channel");
            sent.Select(message => (string)message["messageId"]!).ShouldBeUnique();
        }

        return notices;
    }

    private static bool HasGone(JsonNode notice) => notice["channels"]!.AsArray() is { Count: > 1 } channels && channels.All(channel => (string)channel!["state"]! == "sent");

    /// <summary>All pages of a list.</summary>
    private static async Task<List<JsonNode>> AllAsync(WalletClient client, string path)
    {
        var items = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = (await client.GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=200{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}")).Expect(HttpStatusCode.OK).Body!;
            items.AddRange(page["items"]!.AsArray().Select(item => item!));
            cursor = (string?)page["nextCursor"];
        }
        while (cursor is not null);
        return items;
    }
}
