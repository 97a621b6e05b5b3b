namespace WsActors.Messages;

/// <summary>The reasons of failed sends as attributes of metrics and traces.</summary>
internal static class SendFailureNames
{
    public static string ToAttribute(this Ws.SendFailure reason) => reason switch
    {
        Ws.SendFailure.Dropped => "dropped",
        Ws.SendFailure.Replaced => "replaced",
        Ws.SendFailure.QueueFull => "queue_full",
        Ws.SendFailure.Closing => "closing",
        Ws.SendFailure.SourceFailed => "source_failed",
        _ => "closed",
    };
}
