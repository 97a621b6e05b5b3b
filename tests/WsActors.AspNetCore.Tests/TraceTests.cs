using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;

namespace WsActors.AspNetCore.Tests;

/// <summary>The span of a handshake is a child of the host's span of the request.</summary>
public sealed class TraceTests
{
    [Theory]
    [InlineData(false, "GET")]
    [InlineData(true, "CONNECT")]
    public async Task A_handshake_is_in_the_hosts_span_of_its_request(bool isHttp2, string method)
    {
        var (trace, ended) = (ActivityTraceId.CreateRandom(), new ConcurrentQueue<Activity>());
        using var listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name is WebSocketTracing.SourceName or "Microsoft.AspNetCore",
            Sample = (ref options) =>
                options.Parent.TraceId == trace ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);
        await using var app = await App.StartAsync(static web => web.MapWebSocketActor<Echo>("/echo/{user}"), isHttp2);
        var parent = $"00-{trace}-{ActivitySpanId.CreateRandom()}-01";
        using (var client = await app.ConnectAsync("/echo/ann", options => options.SetRequestHeader("traceparent", parent)))
        {
            await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", App.Limit());
        }

        while (ended.Count(one => one.TraceId == trace) < 2)
        {
            await Task.Delay(20, App.Limit());
        }

        var spans = ended.Where(one => one.TraceId == trace).ToDictionary(static one => one.Source.Name);
        var (host, handshake) = (spans["Microsoft.AspNetCore"], spans[WebSocketTracing.SourceName]);
        Assert.Equal(($"{method} /echo/{{user}}", host.SpanId), (handshake.DisplayName, handshake.ParentSpanId));
        Assert.Equal(isHttp2 ? 200 : 101, handshake.GetTagItem("http.response.status_code"));
    }
}
