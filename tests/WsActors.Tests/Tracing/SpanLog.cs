using System.Collections.Concurrent;
using System.Diagnostics;

namespace WsActors.Tests.Tracing;

/// <summary>
/// The ended spans of one trace, and those that link to it. The source is visible to the whole process: the spans of other tests are not
/// sampled.
/// </summary>
internal sealed class SpanLog : IDisposable
{
    private readonly ActivityTraceId _trace = ActivityTraceId.CreateRandom();

    private readonly ConcurrentQueue<Activity> _ended = new();

    private readonly ActivityListener _listener;

    public SpanLog()
    {
        Parent = new ActivityContext(_trace, ActivitySpanId.CreateRandom(), ActivityTraceFlags.Recorded, isRemote: true);
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == WebSocketTracing.SourceName,
            Sample = (ref options) => IsMine(options) ? ActivitySamplingResult.AllDataAndRecorded : ActivitySamplingResult.None,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>The caller's span.</summary>
    public ActivityContext Parent { get; }

    /// <summary>The caller's span as a header of a request.</summary>
    public string Header => $"traceparent: 00-{Parent.TraceId}-{Parent.SpanId}-01";

    public IReadOnlyList<Activity> Ended => [.. _ended];

    /// <summary>The one span of a name.</summary>
    public Activity Single(string name) => Assert.Single(_ended, span => span.OperationName == name);

    /// <summary>The attributes of a span, in order.</summary>
    public static string TagsOf(Activity span) => string.Join(
        ' ', span.TagObjects.Where(static tag => tag.Key != "wsactors.system").Select(static tag => $"{tag.Key}={tag.Value}").Order());

    public void Dispose() => _listener.Dispose();

    private bool IsMine(ActivityCreationOptions<ActivityContext> options) =>
        options.Parent.TraceId == _trace || options.Links?.Any(link => link.Context.TraceId == _trace) is true;
}
