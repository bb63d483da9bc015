using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Platform.OpenApi;
using Xunit;

namespace Functions.Tests.Conventions;

/// <summary>
/// Bad input to every route there is, found by reflection, so that a new route is tested without a word here: always a
/// problem that says what is wrong, never a 500, and nothing changed.
/// </summary>
public sealed class BadInputTests
{
    /// <summary>Ids as a stranger may try them: of every kind, and of none.</summary>
    private static readonly string[] ForeignIds =
    [
        "acc_00000000000000000000000000", "wal_00000000000000000000000000", "txn_00000000000000000000000000", "top_00000000000000000000000000",
        "wdr_00000000000000000000000000", "card_00000000000000000000000000", "cnv_00000000000000000000000000", "msg_00000000000000000000000000",
        "x", "..%2F..", "%27%20or%201%20eq%201", "a%23b%3Fc", "%25", "%E4%B8%AD%F0%9F%98%80", "%01%7F", "-1", new string('z', 1_500),
    ];

    private static readonly string[] BadQueries =
    [
        "limit=0", "limit=201", "limit=-1", "limit=x", "limit=99999999999999999999", "cursor=x", "cursor=%00", "cursor=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "wait=-1", "wait=x", "view=%27", "q=%27%20or%20%27a", "to=%27%00", "phone=%27", "kind=%27", "direction=x", "from=%00", "from=9999-12-31", "counterparty=wal_%27", "status=x", "minAmount=-1", "at=x", "format=%27", "after=%27",
    ];

    /// <summary>Codes that a route answered and that the document does not list there, with what was sent.</summary>
    private readonly ConcurrentDictionary<string, string> undocumented = new(StringComparer.Ordinal);

    [Fact]
    public async Task Bodies_that_are_wrong_are_refused_by_every_route_and_change_nothing()
    {
        await using var app = await TestApp.StartAsync();
        var callers = await CallersAsync(app);
        var before = await WalletsAsync(app);
        await ForEachAsync(OperationsWithBody(), async operation =>
        {
            foreach (var caller in CallersOf(operation.Function, callers))
            {
                foreach (var (name, body) in BadInput.WholeBodies().Where(body => !(operation.TakesNoBody && body.Body.Length == 0)))
                {
                    MustRefuse(operation, name, await SendAsync(caller, operation, body, operation.Paths[0]));
                }

                var tooLarge = Encoding.UTF8.GetBytes($$"""{"{{BadInput.UnknownMember}}":"{{new string('x', 1 << 20)}}"}""");
                MustRefuse(operation, "more than 1 MiB", await SendAsync(caller, operation, tooLarge, operation.Paths[0]));
                foreach (var (name, body) in BadInput.Mutations(operation.Schema!))
                {
                    // A member that nobody knows makes sure that no mutation is right by accident.
                    body[BadInput.UnknownMember] = 1;
                    MustRefuse(operation, name, await SendAsync(caller, operation, Encoding.UTF8.GetBytes(body.ToJsonString()), operation.Paths[0]));
                }
            }
        });
        (await WalletsAsync(app)).ShouldBe(before);
    }

    [Fact]
    public async Task One_wrong_member_alone_never_ends_in_a_fault()
    {
        await using var app = await TestApp.StartAsync();
        var callers = await CallersAsync(app);
        await ForEachAsync(OperationsWithBody(), async operation =>
        {
            var caller = CallersOf(operation.Function, callers)[0];
            foreach (var (name, body) in BadInput.Mutations(operation.Schema!))
            {
                MustAnswer(operation, name, await SendAsync(caller, operation, Encoding.UTF8.GetBytes(body.ToJsonString()), operation.Paths[0]));
            }
        });
    }

    [Fact]
    public async Task Foreign_ids_odd_queries_and_raw_bytes_never_end_in_a_fault()
    {
        await using var app = await TestApp.StartAsync();
        var callers = await CallersAsync(app);
        await ForEachAsync(Operations(), async operation =>
        {
            foreach (var caller in CallersOf(operation.Function, callers))
            {
                foreach (var path in operation.Paths)
                {
                    MustAnswer(operation, path, await SendAsync(caller, operation, operation.Schema is null ? [] : "{}"u8.ToArray(), path));
                }

                foreach (var query in operation.Method == "GET" ? BadQueries : [])
                {
                    MustAnswer(operation, query, await SendAsync(caller, operation, [], $"{operation.Paths[0]}?{query}"));
                }

                foreach (var (name, body) in operation.Function.Operation!.RequestMediaType is null ? [] : BadInput.WholeBodies())
                {
                    MustAnswer(operation, name, await SendAsync(caller, operation, body, operation.Paths[0]));
                }
            }
        });
    }

    [Fact]
    public async Task Where_a_key_is_needed_its_absence_is_said()
    {
        await using var app = await TestApp.StartAsync();
        var callers = await CallersAsync(app);
        await ForEachAsync(OperationsWithBody().Where(operation => operation.Function.Operation!.Key), async operation =>
        {
            var caller = CallersOf(operation.Function, callers)[0];
            var body = Encoding.UTF8.GetBytes(BadInput.Sample(operation.Schema!).ToJsonString());
            foreach (var key in new[] { null, "two words", new string('k', 256) })
            {
                var answer = await SendAsync(caller, operation, body, operation.Paths[0], key);
                answer.Status.ShouldBeOneOf([HttpStatusCode.BadRequest, HttpStatusCode.NotFound], $"{operation} with the key {key}: {answer.Body}");
                MustAnswer(operation, $"key {key}", answer);
            }
        });
    }

    [Fact]
    public async Task Every_route_that_needs_somebody_refuses_nobody_and_the_wrong_role()
    {
        await using var app = await TestApp.StartAsync();
        var callers = await CallersAsync(app);
        await ForEachAsync(Operations().Where(operation => operation.Function.Access!.Who != Role.Anonymous), async operation =>
        {
            (await SendAsync(app.Anonymous, operation, [], operation.Paths[0])).MustRefuse(HttpStatusCode.Unauthorized, "unauthenticated");
            foreach (var (role, caller) in callers.Where(caller => caller.Key != Role.Anonymous && (caller.Key & operation.Function.Access!.Who) == Role.Anonymous))
            {
                (await SendAsync(caller, operation, [], operation.Paths[0])).MustRefuse(HttpStatusCode.Forbidden, "forbidden");
            }
        });
    }

    [Fact]
    public async Task The_served_document_describes_what_is_served()
    {
        var app = await TestApp.Shared;
        var document = (await app.Anonymous.GetAsync("openapi.json")).Must(HttpStatusCode.OK);
        document.Text("openapi").ShouldBe("3.1.0");
        foreach (var path in new[] { "/v1/transfers", "/v1/payments", "/v1/collections/{collection}/pay", "/v1/bills" })
        {
            // What the risk rules hold is accepted, and too many wrong confirmations lock them.
            var responses = document.Json.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("responses");
            responses.GetProperty("202").GetProperty("content").TryGetProperty("application/json", out _).ShouldBeTrue(path);
            responses.GetProperty("423").GetProperty("description").GetString()!.ShouldContain("confirmation_locked");
        }

        var page = (await app.Anonymous.GetAsync("docs")).Must(HttpStatusCode.OK);
        page.Header("Content-Security-Policy")!.ShouldStartWith("default-src 'none'");
        page.Body.ShouldNotContain("<script");
        page.Body.ShouldNotContain("http://");
        page.Body.ShouldNotContain("https://");
        foreach (var path in document.Json.GetProperty("paths").EnumerateObject())
        {
            page.Body.ShouldContain(WebUtility.HtmlEncode(path.Name));
        }

        foreach (var pointer in Pointers(document.Json))
        {
            pointer.ShouldStartWith("#/components/schemas/");
            document.Json.GetProperty("components").GetProperty("schemas").TryGetProperty(pointer["#/components/schemas/".Length..], out _).ShouldBeTrue(pointer);
        }

        (await app.Anonymous.GetAsync("docs/errors.md")).Must(HttpStatusCode.OK).Body.ShouldContain("id=\"not_found\"");
    }

    /// <summary>Every "$ref" of the document.</summary>
    private static IEnumerable<string> Pointers(JsonElement node) => node.ValueKind switch
    {
        JsonValueKind.Array => node.EnumerateArray().SelectMany(Pointers),
        JsonValueKind.Object => node.EnumerateObject().SelectMany(member =>
            member is { Name: "$ref", Value.ValueKind: JsonValueKind.String } ? [member.Value.GetString()!] : Pointers(member.Value)),
        _ => [],
    };

    /// <summary>A wrong body is refused with a 4xx; 404 where the thing that the route names is looked for first.</summary>
    private void MustRefuse(Operation operation, string what, TestAnswer answer)
    {
        ((int)answer.Status).ShouldBeInRange(400, 499, $"{operation} with {what}: {answer.Body}");
        MustAnswer(operation, what, answer);
    }

    private void MustAnswer(Operation operation, string what, TestAnswer answer)
    {
        var where = $"{operation} with {what}: {(int)answer.Status} {answer.Body}";
        answer.Status.ShouldNotBe(HttpStatusCode.InternalServerError, where);
        answer.Header("X-Request-Id").ShouldNotBeNullOrEmpty(where);
        if ((int)answer.Status >= 400)
        {
            answer.Code.ShouldNotBeNull(where);
            ErrorCatalog.All.ShouldContainKey(answer.Code, where);
            ErrorCatalog.All[answer.Code].Status.ShouldBe((int)answer.Status, where);
            if (!operation.CodesOf(answer.Status).Contains(answer.Code, StringComparer.Ordinal))
            {
                undocumented.TryAdd($"{operation}: {(int)answer.Status} {answer.Code}", what);
            }
        }
    }

    private static async Task<TestAnswer> SendAsync(TestClient caller, Operation operation, byte[] body, string path, string? key = TestClient.NewKey)
    {
        using var request = new HttpRequestMessage(new HttpMethod(operation.Method), path);
        if (operation.Method != "GET")
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(operation.Function.Operation!.RequestMediaType ?? "application/json") } };
        }

        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key == TestClient.NewKey ? Guid.NewGuid().ToString() : key);
        }

        return await caller.SendAsync(request);
    }

    private async Task ForEachAsync(IEnumerable<Operation> operations, Func<Operation, Task> work)
    {
        await Parallel.ForEachAsync(operations, new ParallelOptions { MaxDegreeOfParallelism = 4 }, async (operation, _) => await work(operation));
        undocumented.Keys.Order(StringComparer.Ordinal).ShouldBeEmpty("The document does not say that these can be answered.");
    }

    private static List<TestClient> CallersOf(HttpFunction function, IReadOnlyDictionary<Role, TestClient> callers) => function.Access!.Who == Role.Anonymous
        ? [callers[Role.Anonymous], callers[Role.Customer]]
        : callers.Where(caller => (caller.Key & function.Access.Who) != Role.Anonymous).Select(caller => caller.Value).Take(2).ToList();

    private static async Task<IReadOnlyDictionary<Role, TestClient>> CallersAsync(TestApp app) => new Dictionary<Role, TestClient>
    {
        [Role.Anonymous] = app.Anonymous,
        [Role.Customer] = await app.CustomerAsync(),
        [Role.Merchant] = await app.MerchantAsync(),
        [Role.Agent] = await app.AgentAsync(),
        [Role.Supervisor] = await app.SupervisorAsync(),
        [Role.Admin] = await app.AdminAsync(),
    };

    private static async Task<IReadOnlyList<string>> WalletsAsync(TestApp app)
    {
        var wallets = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            using var customer = await app.CustomerAsync(i);
            wallets.Add((await customer.GetAsync("v1/wallet")).Must(HttpStatusCode.OK).Body);
            wallets.Add((await customer.GetAsync("v1/transactions")).Must(HttpStatusCode.OK).Body);
            wallets.Add((await customer.GetAsync("v1/me/bank-cards")).Must(HttpStatusCode.OK).Body);
        }

        return wallets;
    }

    private static IEnumerable<Operation> OperationsWithBody() => Operations().Where(operation => operation.Schema is not null);

    private static IEnumerable<Operation> Operations() =>
        from function in FunctionCatalog.OfApp.Functions
        where OpenApiDocument.Includes(function)
        from method in function.Methods
        // Ending a caller's own session would end the test's.
        where function.Name != "SignOut"
        select new Operation(function, method);

    private sealed record Operation(HttpFunction Function, string Method)
    {
        /// <summary>The request's schema; null where there is no JSON body.</summary>
        public JsonObject? Schema { get; } = Function.Operation?.Request is { } request ? Schemas.Of(request, closed: true).AsObject() : null;

        /// <summary>Seeding may be asked for without a body, and so may whatever wants nothing of it.</summary>
        public bool TakesNoBody => Schema!["required"] is null;

        /// <summary>The path with every kind of id in its places.</summary>
        public IReadOnlyList<string> Paths { get; } = Fill(OpenApiDocument.PathOf(Function));

        /// <summary>The codes that the document says an answer of this status may have.</summary>
        public string[] CodesOf(HttpStatusCode status) =>
            OpenApiDocument.Root["paths"]![OpenApiDocument.PathOf(Function)]![Method.ToLowerInvariant()]!["responses"]![$"{(int)status}"]?["description"]!.GetValue<string>().Split(", ") ?? [];

        public override string ToString() => $"{Method} {Function.Route}";

        private static IReadOnlyList<string> Fill(string path) => path.Contains('{', StringComparison.Ordinal)
            ? [.. ForeignIds.Select(id => string.Join('/', path.TrimStart('/').Split('/').Select(segment => segment.StartsWith('{') ? id : segment)))]
            : [path.TrimStart('/')];
    }
}
