using System.Net;
using Azure;
using Microsoft.AspNetCore.Http;
using Shouldly;
using WalletFunctions.Platform;
using Xunit;

namespace Functions.Tests.Platform;

public sealed class EdgeTests
{
    /// <summary>An app that wants clients of version 2.0.</summary>
    private static readonly Lazy<Task<TestApp>> Strict = new(() => TestApp.StartAsync(settings: new Dictionary<string, string?>(StringComparer.Ordinal) { ["App:MinimumVersion"] = "2.0" }));

    [Fact]
    public async Task Health_and_readiness_answer()
    {
        var app = await TestApp.Shared;
        (await app.Anonymous.GetAsync("health")).Must(HttpStatusCode.OK).Text("status").ShouldBe("ok");
        (await app.Anonymous.GetAsync("ready")).Must(HttpStatusCode.OK).Text("status").ShouldBe("ok");
    }

    [Fact]
    public async Task An_unknown_route_is_a_problem_like_any_other()
    {
        var app = await TestApp.Shared;
        var answer = await app.Anonymous.GetAsync("v1/no/such/thing");
        answer.MustRefuse(HttpStatusCode.NotFound, "not_found");
        answer.Text("type").ShouldEndWith("docs/errors.md#not_found");
        answer.Text("instance").ShouldBe("/api/v1/no/such/thing");
        answer.Text("requestId").ShouldBe(answer.Header("X-Request-Id"));
    }

    [Fact]
    public async Task A_known_route_with_another_method_says_which_methods_it_takes()
    {
        var app = await TestApp.Shared;
        var answer = await app.Anonymous.DeleteAsync("v1/me");
        answer.MustRefuse(HttpStatusCode.MethodNotAllowed, "method_not_allowed").Header("Allow").ShouldBe("GET, PATCH");
        (await app.Anonymous.GetAsync("sandbox/seed")).MustRefuse(HttpStatusCode.MethodNotAllowed, "method_not_allowed").Header("Allow").ShouldBe("POST");
    }

    [Theory]
    [InlineData(null, "没有找到所请求的内容。")]
    [InlineData("en-GB, zh;q=0.5", "There is no such thing.")]
    [InlineData("fr, zh-TW;q=0.9, en;q=0.8", "没有找到所请求的内容。")]
    [InlineData("en;q=nonsense", "没有找到所请求的内容。")]
    [InlineData("en;q=0.4, *;q=0.5", "没有找到所请求的内容。")]
    public async Task Problems_speak_the_callers_language(string? acceptLanguage, string detail)
    {
        var app = await TestApp.Shared;
        var answer = await app.Anonymous.SendAsync(HttpMethod.Get, "v1/nothing", headers: acceptLanguage is null ? [] : [("Accept-Language", acceptLanguage)]);
        answer.Text("detail").ShouldBe(detail);
    }

    [Theory]
    [InlineData("my-request.1", "my-request.1")]
    [InlineData("not well formed", null)]
    [InlineData("<script>", null)]
    public async Task A_well_formed_request_id_is_echoed_and_any_other_replaced(string sent, string? echoed)
    {
        var app = await TestApp.Shared;
        foreach (var path in new[] { "health", "v1/nothing", "v1/me" })
        {
            var id = (await app.Anonymous.SendAsync(HttpMethod.Get, path, headers: ("X-Request-Id", sent))).Header("X-Request-Id");
            id.ShouldNotBeNullOrEmpty();
            if (echoed is null)
            {
                id.ShouldStartWith("req_");
            }
            else
            {
                id.ShouldBe(echoed);
            }
        }
    }

    [Fact]
    public async Task Without_a_good_token_a_personal_route_is_401()
    {
        var app = await TestApp.Shared;
        (await app.Anonymous.GetAsync("v1/me")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated").Header("WWW-Authenticate").ShouldBe("Bearer");
        using var liar = new TestClient(app.Address, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhY2NfMSJ9.");
        (await liar.GetAsync("v1/me")).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
    }

    [Fact]
    public async Task The_right_person_in_the_wrong_role_is_403()
    {
        var app = await TestApp.Shared;
        using var agent = await app.AgentAsync();
        (await agent.GetAsync("v1/me/bank-cards")).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
    }

    [Theory]
    [InlineData("POST", "v1/topups")]
    [InlineData("POST", "v1/transfers")]
    [InlineData("POST", "v1/withdrawals")]
    [InlineData("GET", "v1/me/bank-cards")]
    [InlineData("POST", "v1/me/bank-cards")]
    public async Task What_only_customers_do_is_403_to_a_merchant(string method, string path)
    {
        var app = await TestApp.Shared;
        using var merchant = await app.MerchantAsync();
        (await merchant.SendAsync(new HttpMethod(method), path, key: TestClient.NewKey)).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
    }

    [Fact]
    public async Task A_header_that_is_not_ASCII_is_refused_with_a_problem()
    {
        var app = await TestApp.Shared;
        using var customer = await app.CustomerAsync();
        using var handler = new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => System.Text.Encoding.Latin1 };
        using var http = new HttpClient(handler) { BaseAddress = app.Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/topups") { Content = new StringContent("{}") };
        request.Headers.Authorization = new("Bearer", customer.Token);
        request.Headers.TryAddWithoutValidation("Idempotency-Key", "ké");
        using var answer = await http.SendAsync(request);
        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await answer.Content.ReadAsStringAsync()).ShouldContain("\"invalid_idempotency_key\"");
    }

    [Theory]
    [InlineData("1.9.9", false)]
    [InlineData("2.0", true)]
    [InlineData("10.0.0", true)]
    [InlineData("not a version", true)]
    public async Task An_app_below_the_oldest_allowed_version_is_told_to_upgrade(string version, bool allowed)
    {
        var app = await Strict.Value;
        var answer = await app.Anonymous.SendAsync(HttpMethod.Get, "health", headers: ("X-App-Version", version));
        if (allowed)
        {
            answer.Must(HttpStatusCode.OK);
        }
        else
        {
            answer.MustRefuse(HttpStatusCode.UpgradeRequired, "upgrade_required");
        }
    }

    [Fact]
    public void A_condition_holds_for_the_row_as_it_is_and_for_no_other()
    {
        var (row, other) = (new ETag("W/\"datetime'2026-11-22T00%3A00%3A00.0000001Z'\""), new ETag("W/\"datetime'2026-11-22T00%3A00%3A00.0000002Z'\""));
        ETags.Check(Conditional(ETags.Of(row)), row).ShouldBeNull();
        ETags.Check(Conditional("*"), row).ShouldBeNull();
        ETags.Check(Conditional(null), row).ShouldBeNull();
        ETags.Check(Conditional($"{ETags.Of(other)}, {ETags.Of(row)}"), row).ShouldBeNull();
        ETags.Check(Conditional(ETags.Of(other)), row)!.Code.ShouldBe("precondition_failed");
        ETags.Check(Conditional("nonsense"), row)!.Code.ShouldBe("precondition_failed");

        static HttpRequest Conditional(string? ifMatch)
        {
            var request = new DefaultHttpContext().Request;
            request.Headers.IfMatch = ifMatch;
            return request;
        }
    }
}
