using System.Net;
using System.Text;
using Azure.Core.Pipeline;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Platform;
using WalletFunctions.TestSupport;
using Xunit;

namespace Functions.Tests.Platform;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private readonly ManualTime time = new();
    private readonly Storage storage = new(new StorageAddress(Azurite.NewAccount(), null, null, null), Enumerable.Empty<HttpPipelinePolicy>());
    private int runs;

    private Idempotency Idempotency => new(storage, new Secrets(new byte[32]), new MachineClock(time));

    public Task InitializeAsync() => storage.Table("idempotency").CreateIfNotExistsAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [Fact]
    public async Task Of_many_at_once_one_runs_and_all_that_wait_get_its_answer()
    {
        async Task<StoredAnswer> Work(IdempotentOperation operation)
        {
            Interlocked.Increment(ref runs);
            await Task.Yield();
            return StoredAnswer.Created(new { n = runs }, "/api/v1/things/1");
        }

        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => RunAsync("key", "{}", Work)));
        runs.ShouldBe(1);
        answers.ShouldAllBe(answer => answer.Status == 201 || answer.Code == "idempotency_key_in_flight");
        var repeat = await RunAsync("key", "{}", Work);
        repeat.ShouldBe(new Answer(201, """{"n":1}""", "/api/v1/things/1", Replayed: true, null));
    }

    [Fact]
    public async Task A_key_belongs_to_one_body_one_route_and_one_caller()
    {
        (await RunAsync("key", """{"a":1}""", Count)).Status.ShouldBe(200);
        (await RunAsync("key", """{"a":2}""", Count)).Code.ShouldBe("idempotency_key_reused");
        (await RunAsync("key", """{"a":1,"confirm":{"otp":"1"}}""", Count)).Replayed.ShouldBeTrue();
        (await RunAsync("key", """{"a":2}""", Count, route: "POST /v1/others")).Replayed.ShouldBeFalse();
        (await RunAsync("key", """{"a":2}""", Count, account: "acc_00000000000000000000000002")).Replayed.ShouldBeFalse();
        runs.ShouldBe(3);
    }

    [Fact]
    public async Task A_conflict_that_says_when_to_come_back_is_not_kept()
    {
        Task<StoredAnswer> Busy(IdempotentOperation operation)
        {
            runs++;
            var busy = new DomainError("already_in_progress", ErrorKind.Conflict, new("一", "one")) { RetryAfter = TimeSpan.FromSeconds(1) };
            return Task.FromResult(StoredAnswer.Problem(Request("x", "{}", "acc_00000000000000000000000001"), busy));
        }

        (await RunAsync("key", "{}", Busy)).Status.ShouldBe(409);
        (await RunAsync("key", "{}", Count)).Status.ShouldBe(200);
        runs.ShouldBe(2);
    }

    [Theory]
    [InlineData(ErrorKind.Refused, true)]
    [InlineData(ErrorKind.Conflict, true)]
    [InlineData(ErrorKind.Invalid, false)]
    [InlineData(ErrorKind.NotFound, false)]
    [InlineData(ErrorKind.Forbidden, false)]
    [InlineData(ErrorKind.TooMany, false)]
    [InlineData(ErrorKind.Unavailable, false)]
    public async Task Only_final_answers_are_kept(ErrorKind kind, bool kept)
    {
        Task<StoredAnswer> Refuse(IdempotentOperation operation)
        {
            runs++;
            return Task.FromResult(StoredAnswer.Problem(Request("x", "{}", "acc_00000000000000000000000001"), new DomainError("some_code", kind, new("一", "one"))));
        }

        await RunAsync("key", "{}", Refuse);
        (await RunAsync("key", "{}", Refuse)).Replayed.ShouldBe(kept);
        runs.ShouldBe(kept ? 1 : 2);
    }

    [Fact]
    public async Task A_run_that_failed_half_way_is_run_again_with_the_same_seed_and_only_with_the_same_body()
    {
        byte[]? seed = null;
        await Should.ThrowAsync<TimeoutException>(() => RunAsync("key", """{"a":1}""", operation =>
        {
            seed = operation.Seed;
            throw new TimeoutException();
        }));
        (await RunAsync("key", """{"a":2}""", Count)).Code.ShouldBe("idempotency_key_reused");
        (await RunAsync("key", """{"a":1}""", operation =>
        {
            operation.Seed.ShouldBe(seed);
            return Count(operation);
        })).Status.ShouldBe(200);
    }

    [Fact]
    public async Task A_run_that_died_holds_its_key_for_half_a_minute_and_no_longer()
    {
        var stuck = new TaskCompletionSource<StoredAnswer>();
        var started = new TaskCompletionSource();
        var dead = RunAsync("key", "{}", _ =>
        {
            started.SetResult();
            return stuck.Task;
        });
        await started.Task;
        (await RunAsync("key", "{}", Count)).Code.ShouldBe("idempotency_key_in_flight");
        time.Advance(TimeSpan.FromSeconds(31));
        (await RunAsync("key", "{}", Count)).ShouldBe(new Answer(200, """{"n":1}""", null, Replayed: false, null));

        // The one thought dead ends after all: both callers see the answer that was kept.
        stuck.SetResult(StoredAnswer.Ok(new { n = 99 }));
        (await dead).Body.ShouldBe("""{"n":1}""");
    }

    [Fact]
    public async Task Long_answers_are_kept_whole()
    {
        var text = string.Concat(Enumerable.Repeat("长", 100_000));
        await RunAsync("key", "{}", _ => Task.FromResult(StoredAnswer.Ok(new { text })));
        (await RunAsync("key", "{}", Count)).Body.Length.ShouldBe(text.Length + """{"text":""}""".Length);
    }

    [Theory]
    [InlineData(null, "idempotency_key_required")]
    [InlineData("", "idempotency_key_required")]
    [InlineData("with space", "invalid_idempotency_key")]
    [InlineData("钥匙", "invalid_idempotency_key")]
    public async Task A_missing_or_ill_formed_key_is_refused(string? key, string code) => (await RunAsync(key, "{}", Count)).Code.ShouldBe(code);

    [Fact]
    public async Task A_key_may_have_255_characters_and_no_more()
    {
        (await RunAsync(new string('k', 255), "{}", Count)).Status.ShouldBe(200);
        (await RunAsync(new string('k', 256), "{}", Count)).Code.ShouldBe("invalid_idempotency_key");
    }

    private Task<StoredAnswer> Count(IdempotentOperation operation) => Task.FromResult(StoredAnswer.Ok(new { n = Interlocked.Increment(ref runs) }));

    private async Task<Answer> RunAsync(string? key, string body, Func<IdempotentOperation, Task<StoredAnswer>> work, string route = "POST /v1/things", string account = "acc_00000000000000000000000001")
    {
        var request = Request(key, body, account);
        var form = JsonForm.Parse(Encoding.UTF8.GetBytes(body)).Value!;
        var result = await Idempotency.RunAsync(request, route, form, work, CancellationToken.None);
        using var sent = new MemoryStream();
        var response = request.HttpContext.Response;
        response.Body = sent;
        await result.ExecuteAsync(request.HttpContext);
        var text = Encoding.UTF8.GetString(sent.ToArray());
        var code = response.StatusCode >= (int)HttpStatusCode.BadRequest ? System.Text.Json.JsonElement.Parse(text).GetProperty("code").GetString() : null;
        var location = response.Headers.Location.ToString();
        return new Answer(response.StatusCode, text, location.Length == 0 ? null : location, response.Headers["Idempotent-Replayed"] == "true", code);
    }

    private static HttpRequest Request(string? key, string body, string account)
    {
        var http = new DefaultHttpContext { RequestServices = new ServiceCollection().BuildServiceProvider() };
        http.Request.Body = new MemoryStream(Encoding.UTF8.GetBytes(body));
        if (key is not null)
        {
            http.Request.Headers["Idempotency-Key"] = key;
        }

        http.Request.SetCaller(new Caller(AccountId.Of(account), Role.Customer, Language.En, "req", null, null));
        return http.Request;
    }

    private sealed record Answer(int Status, string Body, string? Location, bool Replayed, string? Code);
}
