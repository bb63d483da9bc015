using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Functions.Tests;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Accounts;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Inbox;
using WalletFunctions.Support.Inbox;
using WalletFunctions.TestSupport;
using Xunit;

namespace WalletFunctions.Tests.Support;

/// <summary>The inbox as agents use it, over HTTP, with the queues running.</summary>
public sealed class InboxHttpTests
{
    [Fact]
    public async Task A_mail_is_listed_read_and_answered_and_the_customers_next_mail_joins_it()
    {
        var app = await TestApp.Shared;
        var agent = await app.AgentAsync();
        var name = Azurite.UniqueName("zhao");
        await PostMailAsync(app, InboxRig.MailText($"{name}@x.example", $"提现 {name}", "我的提现还没有到账", $"赵敏 <{name}@customer.example>"));
        var line = await Eventually.Some("the mail is in the inbox", () => FindAsync(agent, name));
        line.GetProperty("status").GetString().ShouldBe("open");
        line.GetProperty("unread").GetInt32().ShouldBe(1);
        line.GetProperty("contact").GetProperty("address").GetString().ShouldBe($"{name}@customer.example");

        var path = $"v1/inbox/conversations/{line.GetProperty("conversationId").GetString()}";
        var read = (await agent.GetAsync(path)).Must(HttpStatusCode.OK);
        read.Json.GetProperty("messages")[0].GetProperty("text").GetString().ShouldBe("我的提现还没有到账");
        read.Json.GetProperty("recordIntact").GetBoolean().ShouldBeTrue();
        read.Header("ETag").ShouldNotBeNull();

        var reply = (await agent.PostAsync(path + "/messages", new { text = "正在处理。" }, "key-1")).Must(HttpStatusCode.Created);
        (await agent.PostAsync(path + "/messages", new { text = "正在处理。" }, "key-1")).Must(HttpStatusCode.Created).Body.ShouldBe(reply.Body);
        var sent = await Eventually.Some("the reply is in the outbox", async () =>
        {
            var items = (await app.Anonymous.GetAsync($"sandbox/outbox?to={name}@customer.example")).Must(HttpStatusCode.OK).Json.GetProperty("items");
            return items.GetArrayLength() == 1 ? new Line(items[0]) : null;
        });
        await Eventually.True("the reply is shown as sent", async () => (await agent.GetAsync(path)).Json.GetProperty("messages")[1].GetProperty("state").GetString() == "sent");

        await PostMailAsync(app, InboxRig.MailText($"{name}-2@x.example", sent.GetProperty("subject").GetString()!, "谢谢", $"赵敏 <{name}@customer.example>", $"In-Reply-To: <{sent.GetProperty("messageId").GetString()}>\n"));
        await Eventually.True("the next mail joined the conversation", async () => (await agent.GetAsync(path)).Json.GetProperty("messages").GetArrayLength() == 3);
        (await FindAsync(agent, name)).ShouldNotBeNull();
    }

    [Fact]
    public async Task A_change_needs_the_newest_version_and_moves_the_conversation_between_views()
    {
        var app = await TestApp.Shared;
        var agent = await app.AgentAsync();
        var id = await OpenAsync(app, "views");
        var path = $"v1/inbox/conversations/{id}";
        var etag = (await agent.GetAsync(path)).Must(HttpStatusCode.OK).Header("ETag")!;
        var changed = (await agent.PatchAsync(path, new { status = "resolved", tags = new[] { "vip" }, priority = "urgent" }, etag)).Must(HttpStatusCode.OK);
        changed.Text("status").ShouldBe("resolved");
        (await agent.PatchAsync(path, new { status = "open" }, etag)).MustRefuse(HttpStatusCode.PreconditionFailed, "precondition_failed");
        (await IsListedAsync(agent, "resolved", id)).ShouldBeTrue();
        (await IsListedAsync(agent, "open", id)).ShouldBeFalse();
        (await agent.PatchAsync(path, new { status = "snoozed" }, null)).MustRefuse(HttpStatusCode.UnprocessableEntity, "snooze_needs_time");
        (await agent.PatchAsync(path, new { status = "nonsense" }, null)).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await agent.PatchAsync(path, new { nonsense = 1 }, null)).MustRefuse(HttpStatusCode.BadRequest, "unknown_field");
        (await agent.PatchAsync(path, new { status = "open" }, changed.Header("ETag"))).Must(HttpStatusCode.OK);
        (await IsListedAsync(agent, "unassigned", id)).ShouldBeTrue();
        (await IsListedAsync(agent, "resolved", id)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_change_hands_over_to_staff_only_and_null_takes_away()
    {
        var app = await TestApp.Shared;
        var agent = await app.AgentAsync();
        var me = (await agent.GetAsync("v1/me")).Text("accountId");
        var path = $"v1/inbox/conversations/{await OpenAsync(app, "handed over")}";
        var changed = (await agent.PatchAsync(path, new { assignee = me, department = "claims", topic = "late" })).Must(HttpStatusCode.OK);
        (changed.Text("assignee"), changed.Text("department"), changed.Text("topic")).ShouldBe((me, "claims", "late"));
        (await agent.PatchAsync(path, new { status = "pending" })).Must(HttpStatusCode.OK).Text("assignee").ShouldBe(me);

        var cleared = (await agent.PatchAsync(path, new { assignee = (string?)null, department = (string?)null, topic = "", tags = (string[]?)null })).Must(HttpStatusCode.OK).Json;
        cleared.GetProperty("assignee").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.GetProperty("topic").ValueKind.ShouldBe(JsonValueKind.Null);
        cleared.TryGetProperty("department", out _).ShouldBeFalse();

        var customer = (await (await app.CustomerAsync()).GetAsync("v1/me")).Text("accountId");
        foreach (var nobody in new[] { customer, "acc_00000000000000000000000000" })
        {
            (await agent.PatchAsync(path, new { assignee = nobody })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        }
    }

    [Fact]
    public async Task A_conversation_shows_every_member_of_the_contract_even_when_empty()
    {
        var app = await TestApp.Shared;
        var agent = await app.AgentAsync();
        var id = await OpenAsync(app, "members");
        var read = (await agent.GetAsync($"v1/inbox/conversations/{id}")).Must(HttpStatusCode.OK).Json;
        string[] line = ["conversationId", "subject", "status", "priority", "channels", "contact", "assignee", "unread", "lastMessageAt", "dueAt", "topic", "tags"];
        foreach (var member in (string[])[.. line, "messages", "notes", "events", "promises"])
        {
            read.TryGetProperty(member, out _).ShouldBeTrue(member);
        }

        (await agent.PostAsync($"v1/inbox/conversations/{id}/messages", new { text = "hi", fileIds = Array.Empty<string>() })).MustRefuse(HttpStatusCode.Conflict, "no_reply_route");
        (await agent.PostAsync($"v1/inbox/conversations/{id}/messages", new { text = "hi", fileIds = new[] { "fil_1" } })).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
    }

    [Fact]
    public async Task A_conversation_opened_by_the_system_is_one_for_its_key_and_shows_whom_it_is_about()
    {
        var app = await TestApp.Shared;
        var agent = await app.AgentAsync();
        var id = await OpenAsync(app, "twice");
        (await OpenAsync(app, "twice")).ShouldBe(id);
        var inbox = app.Services.GetRequiredService<IInbox>();
        await inbox.AppendEventAsync(id, "ended", new("已到账", "It arrived"), default);
        await inbox.AppendEventAsync(id, "ended", new("已到账", "It arrived"), default);
        var read = (await agent.GetAsync($"v1/inbox/conversations/{id}")).Must(HttpStatusCode.OK);
        read.Text("account.accountId").ShouldBe(InboxRig.Agent.Value);
        read.Text("priority").ShouldBe("high");
        read.Text("relatedId").ShouldBe("wdr_x");
        read.Json.GetProperty("events").EnumerateArray().Select(e => e.GetProperty("text").GetString()).ShouldBe(["开始", "已到账"]);
        (await agent.PostAsync($"v1/inbox/conversations/{id}/messages", new { text = "hi" })).MustRefuse(HttpStatusCode.Conflict, "no_reply_route");
        (await agent.PostAsync($"v1/inbox/conversations/{id}/notes", new { text = "asked the bank" })).Must(HttpStatusCode.Created);
        (await agent.GetAsync($"v1/inbox/conversations/{id}")).Json.GetProperty("notes").GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A_conversation_that_the_system_opens_about_somebody_has_their_name_and_address_and_is_answered_there()
    {
        var app = await TestApp.Shared;
        var agent = await app.AgentAsync();
        foreach (var kind in new[] { "customers", "merchants" })
        {
            var about = AccountId.Of((await app.PeopleAsync()).GetProperty(kind)[0].GetProperty("accountId").GetString()!);
            var account = (await app.Services.GetRequiredService<AccountDirectory>().FindAsync(about, default)).ShouldNotBeNull();
            var id = await OpenAsync(app, "contact of " + kind, about);
            var read = (await agent.GetAsync($"v1/inbox/conversations/{id}")).Must(HttpStatusCode.OK);
            (read.Text("contact.name"), read.Text("contact.address"), read.Text("account.accountId")).ShouldBe((account.DisplayName, account.Email.ShouldNotBeNull(), about.Value));
            (await agent.PostAsync($"v1/inbox/conversations/{id}/messages", new { text = "hi" })).Must(HttpStatusCode.Created);
        }
    }

    [Fact]
    public async Task Only_staff_gets_in_and_what_is_not_there_is_not_found()
    {
        var app = await TestApp.Shared;
        var agent = await app.AgentAsync();
        var customer = await app.CustomerAsync();
        foreach (var path in new[] { "v1/inbox/conversations", "v1/inbox/quarantine", "v1/inbox/conversations/cnv_00000000000000000000000000" })
        {
            (await app.Anonymous.GetAsync(path)).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
            (await customer.GetAsync(path)).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
        }

        (await agent.GetAsync("v1/inbox/conversations/cnv_00000000000000000000000000")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await agent.GetAsync("v1/inbox/conversations/nonsense")).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await agent.PostAsync("v1/inbox/conversations/cnv_00000000000000000000000000/messages", new { text = "hi" })).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await agent.GetAsync("v1/inbox/conversations?view=nonsense")).MustRefuse(HttpStatusCode.BadRequest, "invalid_field");
        (await agent.PostAsync("v1/inbox/quarantine/nonsense/retry", null, null)).MustRefuse(HttpStatusCode.NotFound, "not_found");
        (await agent.PostAsync("sandbox/mail", null, null)).MustRefuse(HttpStatusCode.BadRequest, "empty_mail");
    }

    private static async Task<ConversationId> OpenAsync(TestApp app, string key, AccountId? about = null) =>
        await app.Services.GetRequiredService<IInbox>().OpenAsync(
            new OpenConversation("test:" + key, new DateTimeOffset(2026, 11, 23, 0, 0, 0, TimeSpan.Zero), new($"会话 {key}", $"Conversation {key}"), Priority.High, "withdrawal", about ?? InboxRig.Agent, new("开始", "It began")) { SubjectId = "wdr_x" }, default);

    private static async Task<Line?> FindAsync(TestClient agent, string words)
    {
        var items = (await agent.GetAsync($"v1/inbox/conversations?view=all&q={words}")).Must(HttpStatusCode.OK).Json.GetProperty("items");
        items.GetArrayLength().ShouldBeLessThan(2);
        return items.GetArrayLength() == 1 ? new Line(items[0]) : null;
    }

    private static async Task<bool> IsListedAsync(TestClient agent, string view, ConversationId id) =>
        (await agent.GetAsync($"v1/inbox/conversations?view={view}&limit=200")).Must(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray().Any(item => item.GetProperty("conversationId").GetString() == id.Value);

    private static async Task PostMailAsync(TestApp app, string mail)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "sandbox/mail") { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(mail.ReplaceLineEndings("\r\n"))) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("message/rfc822");
        (await app.Anonymous.SendAsync(request)).Must(HttpStatusCode.Accepted);
    }

    private sealed record Line(JsonElement Json)
    {
        public JsonElement GetProperty(string name) => Json.GetProperty(name);
    }
}
