using System.Net;
using Shouldly;

namespace Functions.Tests;

/// <summary>Refusals as people read them.</summary>
internal static class Refusals
{
    /// <summary>Posts twice, each time under a new key: the same refusal in Chinese and in English.</summary>
    public static async Task InBothLanguagesAsync(TestClient client, string path, object body, HttpStatusCode status, string code)
    {
        var chinese = (await client.SendAsync(HttpMethod.Post, path, body, TestClient.NewKey, ("Accept-Language", "zh-CN"))).MustRefuse(status, code);
        var english = (await client.SendAsync(HttpMethod.Post, path, body, TestClient.NewKey, ("Accept-Language", "en"))).MustRefuse(status, code);
        chinese.Text("detail").Any(c => c > 0x3000).ShouldBeTrue(chinese.Body);
        english.Text("detail").ShouldAllBe(c => c < 0x3000, english.Body);
    }
}
