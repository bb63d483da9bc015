using System.Text;
using Azure.Storage.Queues;
using Azure.Storage.Queues.Models;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Shouldly;
using WalletFunctions.TestSupport;
using Xunit;

namespace Embedded.Tests.Worker;

/// <summary>
/// The life of a queue message. Source: azure-sdk-for-net, Microsoft.Azure.WebJobs.Extensions.Storage.Queues: QueueListener,
/// QueueProcessor, QueuesOptions, QueueServiceClientProvider; azure-functions-host, FunctionBinding (outputs).
/// </summary>
public sealed class QueueTests : IAsyncLifetime
{
    private readonly string _name = Azurite.UniqueName("q");
    private LocalApp _app = null!;

    private string[] Settings =>
    [
        "--AzureWebJobsStorage", Azurite.SharedConnectionString, "--Other", Azurite.SharedConnectionString, "--Queue", _name,
        "--queue-invisibility", "00:00:02", "--AzureFunctionsJobHost:extensions:queues:maxDequeueCount", "2",
        "--AzureFunctionsJobHost:extensions:queues:batchSize", "4", "--AzureFunctionsJobHost:extensions:queues:newBatchThreshold", "0",
    ];

    public async Task InitializeAsync() => _app = await LocalApp.StartAsync(typeof(QueueFunctions), Settings);

    public async Task DisposeAsync() => await _app.DisposeAsync();

    [Theory]
    [InlineData("text", "Grüße", "text Grüße")]
    [InlineData("poco", """{"name":"pen","COUNT":3}""", "poco pen 3")]
    [InlineData("bytes", "ab", "bytes 97,98")]
    [InlineData("binary", "ab", "binary ab")]
    [InlineData("message", "ab", "message ab, delivery 1, the text again: ab")]
    public async Task A_message_becomes_what_the_parameter_asks_for_and_is_deleted(string queue, string text, string line)
    {
        var client = await QueueAsync(queue);
        await client.SendMessageAsync(text);
        await Until.True(() => _app.Journal.Count(line) == 1, line);
        await UntilEmptyAsync(client);
    }

    [Fact]
    public async Task A_failing_message_comes_again_and_then_goes_to_the_poison_queue()
    {
        var client = await QueueAsync("failing");
        await client.SendMessageAsync("bad");
        await Until.True(async () => await PoisonAsync("failing") == "bad", "the message is in the poison queue");
        _app.Journal.Lines.ShouldBe(["failing 1", "failing 2"]);
        await UntilEmptyAsync(client);
    }

    [Fact]
    public async Task A_body_that_does_not_fit_the_parameter_fails_like_any_other()
    {
        await (await QueueAsync("poco")).SendMessageAsync("no json");
        await Until.True(async () => await PoisonAsync("poco") == "no json", "the message is in the poison queue");
        _app.Journal.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_that_cannot_be_decoded_goes_to_the_poison_queue_at_once()
    {
        await QueueAsync("text");
        await new QueueClient(Azurite.SharedConnectionString, $"{_name}-text").SendMessageAsync("not base64!");
        await Until.True(async () => await PoisonAsync("text", QueueMessageEncoding.None) == "not base64!", "the message is in the poison queue");
        _app.Journal.Lines.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_message_stays_hidden_while_its_function_runs_however_long()
    {
        // Half the invisibility is how late a renewal may come on a busy machine.
        await _app.DisposeAsync();
        _app = await LocalApp.StartAsync(typeof(QueueFunctions), [.. Settings, "--queue-invisibility", "00:00:05"]);
        var client = await QueueAsync("slow");
        await client.SendMessageAsync("11");
        await Until.True(() => _app.Journal.Count("slow ends") == 1, "the function ends, after more than twice the invisibility", seconds: 60);
        await UntilEmptyAsync(client);
        _app.Journal.Lines.ShouldBe(["slow 1", "slow ends"]);
    }

    [Fact]
    public async Task No_more_than_a_batch_above_the_threshold_runs_at_once()
    {
        var client = await QueueAsync("crowd");
        for (var i = 0; i < 10; i++) await client.SendMessageAsync($"{i}");
        QueueFunctions.LetCrowdGo(_name);
        await Until.True(() => QueueFunctions.CrowdEnded(_name) == 10, "all have run");
        QueueFunctions.CrowdMost(_name).ShouldBeInRange(2, 4);
    }

    [Fact]
    public async Task A_poison_queue_has_no_poison_queue_so_a_failed_message_stays_in_it()
    {
        var client = await QueueAsync("last-poison");
        await client.SendMessageAsync("x");
        await Until.True(() => _app.Journal.Count("last") == 2, "it was delivered maxDequeueCount times, each time after its invisibility");
        (await client.GetPropertiesAsync()).Value.ApproximateMessagesCount.ShouldBe(1);
        (await Client("last-poison-poison").ExistsAsync()).Value.ShouldBeFalse();
    }

    [Fact]
    public async Task What_a_function_returns_goes_out_as_the_host_formats_it()
    {
        await (await QueueAsync("chain")).SendMessageAsync("go");
        (await NextAsync("out-text")).ShouldBe("plain");
        (await NextAsync("out-poco")).ShouldBe("{\n  \"Name\": \"pen\",\n  \"Count\": 1\n}");
        new[] { await NextAsync("out-many"), await NextAsync("out-many") }.ShouldBe(["one", "two"], ignoreOrder: true);
    }

    [Fact]
    public async Task An_output_wakes_the_listener_of_the_same_host()
    {
        (await _app.Client.GetStringAsync(new Uri("/api/Ring?text=one", UriKind.Relative))).ShouldBe("rung");
        await Until.True(() => _app.Journal.Count("rung one") == 1, "the listener found the queue that the output made");
    }

    [Fact]
    public async Task Messages_in_hand_are_finished_before_the_host_stops()
    {
        await (await QueueAsync("slow")).SendMessageAsync("1");
        await Until.True(() => _app.Journal.Count("slow 1") == 1, "the function runs");
        await _app.StopAsync();
        _app.Journal.Lines.ShouldBe(["slow 1", "slow ends"]);
        await UntilEmptyAsync(await QueueAsync("slow"));
    }

    [Fact]
    public async Task A_function_that_outlasts_the_grace_is_cancelled_and_its_message_given_back()
    {
        await _app.DisposeAsync();
        _app = await LocalApp.StartAsync(typeof(QueueFunctions), [.. Settings, "--drain-grace", "00:00:00.3", "--queue-invisibility", "00:05:00"]);
        var client = await QueueAsync("endless");
        await client.SendMessageAsync("x");
        await Until.True(() => _app.Journal.Count("endless") == 1, "the function runs");
        await _app.StopAsync();
        _app.Journal.Lines.ShouldBe(["endless", "cancelled"]);
        (await client.ReceiveMessageAsync()).Value.ShouldNotBeNull().DequeueCount.ShouldBe(2);
    }

    private async Task<QueueClient> QueueAsync(string queue)
    {
        var client = Client(queue);
        await client.CreateIfNotExistsAsync();
        return client;
    }

    private QueueClient Client(string queue, QueueMessageEncoding encoding = QueueMessageEncoding.Base64) =>
        new(Azurite.SharedConnectionString, $"{_name}-{queue}", new QueueClientOptions { MessageEncoding = encoding });

    private async Task<string?> PoisonAsync(string queue, QueueMessageEncoding encoding = QueueMessageEncoding.Base64)
    {
        var poison = Client(queue + "-poison", encoding);
        return await poison.ExistsAsync() ? (await poison.PeekMessageAsync()).Value?.MessageText : null;
    }

    private async Task<string> NextAsync(string queue)
    {
        QueueMessage? message = null;
        await Until.True(async () => (message = await Client(queue).ExistsAsync() ? (await Client(queue).ReceiveMessageAsync()).Value : null) is not null, $"a message in {queue}");
        return message!.MessageText;
    }

    private static Task UntilEmptyAsync(QueueClient client) =>
        Until.True(async () => (await client.GetPropertiesAsync()).Value.ApproximateMessagesCount == 0, "the queue is empty");
}

public class Outputs
{
    [HttpResult]
    public IResult? Answer { get; set; }

    [QueueOutput("%Queue%-rung", Connection = "Other")]
    public string? Message { get; set; }
}

public class ChainOutputs
{
    [QueueOutput("%Queue%-out-text")]
    public string Text { get; set; } = "plain";

    [QueueOutput("%Queue%-out-poco")]
    public Thing Poco { get; set; } = new("pen", 1);

    [QueueOutput("%Queue%-out-none")]
    public string? None { get; set; }

    [QueueOutput("%Queue%-out-many")]
    public IReadOnlyList<string> Many { get; set; } = ["one", "two"];
}

public class QueueFunctions(Journal journal)
{
    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, int[]> Crowds = new(StringComparer.Ordinal);

    private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Gate> Gates = new(StringComparer.Ordinal);

    /// <summary>Until then each stays: a slow sender would have them come one by one.</summary>
    public static void LetCrowdGo(string queue) => Gates.GetOrAdd(queue, _ => new Gate()).Open();

    public static int CrowdMost(string queue) => Crowds.GetValueOrDefault(queue)?[1] ?? 0;

    public static int CrowdEnded(string queue) => Crowds.GetValueOrDefault(queue)?[2] ?? 0;

    [Function("TextMessage")]
    public void Text([QueueTrigger("%Queue%-text")] string text) => journal.Write($"text {text}");

    [Function("PocoMessage")]
    public void Poco([QueueTrigger("%Queue%-poco", Connection = "Other")] Thing thing) => journal.Write($"poco {thing.Name} {thing.Count}");

    [Function("BytesMessage")]
    public void Bytes([QueueTrigger("%Queue%-bytes")] byte[] bytes) => journal.Write($"bytes {string.Join(',', bytes)}");

    [Function("BinaryMessage")]
    public void Binary([QueueTrigger("%Queue%-binary")] BinaryData data) => journal.Write($"binary {Encoding.UTF8.GetString(data)}");

    [Function("WholeMessage")]
    public void Message([QueueTrigger("%Queue%-message")] QueueMessage message, string id, int dequeueCount, DateTimeOffset insertionTime, string queueTrigger)
    {
        if (id != message.MessageId || insertionTime != message.InsertedOn) throw new InvalidOperationException("The metadata differ from the message.");
        journal.Write($"message {message.Body}, delivery {dequeueCount}, the text again: {queueTrigger}");
    }

    [Function("Failing")]
    public void Failing([QueueTrigger("%Queue%-failing")] string text, int dequeueCount)
    {
        journal.Write($"failing {dequeueCount}");
        throw new InvalidOperationException(text);
    }

    [Function("Slow")]
    public async Task Slow([QueueTrigger("%Queue%-slow")] string seconds, int dequeueCount)
    {
        journal.Write($"slow {dequeueCount}");
        await Task.Delay(TimeSpan.FromSeconds(int.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture)));
        journal.Write("slow ends");
    }

    [Function("Endless")]
    public async Task Endless([QueueTrigger("%Queue%-endless")] string text, CancellationToken cancellationToken)
    {
        _ = text;
        journal.Write("endless");
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        finally
        {
            journal.Write("cancelled");
        }
    }

    [Function("Crowd")]
    public static async Task Crowd([QueueTrigger("%Queue%-crowd")] string text, FunctionContext context)
    {
        _ = text;
        var queue = ((Microsoft.Extensions.Configuration.IConfiguration)context.InstanceServices.GetService(typeof(Microsoft.Extensions.Configuration.IConfiguration))!)["Queue"]!;
        var crowd = Crowds.GetOrAdd(queue, _ => new int[3]);
        lock (crowd) crowd[1] = Math.Max(crowd[1], ++crowd[0]);
        await Gates.GetOrAdd(queue, _ => new Gate()).Opened;
        await Task.Delay(100);
        lock (crowd)
        {
            crowd[0]--;
            crowd[2]++;
        }
    }

    [Function("LastPoison")]
    public void LastPoison([QueueTrigger("%Queue%-last-poison")] string text)
    {
        journal.Write("last");
        throw new InvalidOperationException(text);
    }

    [Function("Chain")]
    public static ChainOutputs Chain([QueueTrigger("%Queue%-chain")] string _) => new();

    [Function("Ring")]
    public static Outputs Ring([HttpTrigger(AuthorizationLevel.Anonymous, "get")] HttpRequest _, string text) => new() { Answer = Results.Text("rung"), Message = text };

    [Function("Rung")]
    public void Rung([QueueTrigger("%Queue%-rung")] string text) => journal.Write($"rung {text}");
}
