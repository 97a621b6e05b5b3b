using Akka.Configuration;
using WsActors.Settings;

namespace WsActors;

/// <summary>The queue of what waits to be sent: <c>ws-actors.send-queue</c>. A new instance has the defaults.</summary>
public sealed record SendQueueOptions
{
    /// <summary>The defaults.</summary>
    public SendQueueOptions()
        : this(Defaults.Endpoint.SendQueue)
    {
    }

    internal SendQueueOptions(Unset _)
    {
    }

    /// <summary>
    /// Most bytes that wait, frame headers included, before compression; past it the policy of each message decides
    /// (<see cref="Ws.Send.Overflow"/>): by default 1013.
    /// </summary>
    public int MaxBytes { get; init; }

    /// <summary>A full queue's time to drain; past it the queue is dropped, so that the close frame can leave.</summary>
    public TimeSpan Grace { get; init; }

    /// <summary>
    /// Reading pauses while more bytes than this wait: to be sent, to be handled (in the handler's mailbox or stash), and of the message
    /// that is coming, together. More than <see cref="MaxBytes"/> means <see cref="MaxBytes"/>.
    /// </summary>
    public int PauseReadingAboveBytes { get; init; }

    /// <summary>
    /// The handler is told <see cref="Ws.Congested"/> when more bytes than this wait to be sent. More than half of <see cref="MaxBytes"/>
    /// means half of it.
    /// </summary>
    public int CongestedAboveBytes { get; init; }

    /// <summary>
    /// The handler is told <see cref="Ws.Writable"/> when no more bytes than this wait again. Less than <see cref="CongestedAboveBytes"/>.
    /// </summary>
    public int WritableBelowBytes { get; init; }

    /// <summary>The same queue with marks that it can reach.</summary>
    /// <exception cref="ConfigurationException">The marks leave no gap.</exception>
    internal SendQueueOptions Fitted()
    {
        if (WritableBelowBytes >= CongestedAboveBytes)
        {
            throw new ConfigurationException(
                $"ws-actors.send-queue.writable-below = {WritableBelowBytes} is not usable: it must be less than congested-above, which is"
                + $" {CongestedAboveBytes}.");
        }

        var congested = Math.Min(CongestedAboveBytes, MaxBytes / 2);
        return this with
        {
            PauseReadingAboveBytes = Math.Min(PauseReadingAboveBytes, MaxBytes),
            CongestedAboveBytes = congested,
            WritableBelowBytes = congested < CongestedAboveBytes ? Math.Min(WritableBelowBytes, congested / 2) : WritableBelowBytes,
        };
    }
}
