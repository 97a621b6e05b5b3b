namespace WsActors.Connection;

/// <summary>
/// The minimum progress of an open frame or message: a window opens with it, and a new one whenever minBytes bytes have arrived. More bytes
/// than needed are not credited: a fast start must not buy a long rest, since the rate is a minimum at any time, not an average. A rest is
/// noticed one window after the last full one. Owned by its connection's deadlines.
/// </summary>
internal struct ProgressWindow
{
    /// <summary>Bytes received in the current window.</summary>
    private long _bytes;

    /// <summary>The start of the current window; null while no frame or message is open.</summary>
    public TimeSpan? Since { get; private set; }

    /// <summary>Counts received bytes, and opens or closes a window.</summary>
    /// <param name="mark">The time.</param>
    /// <param name="bytes">The number of bytes.</param>
    /// <param name="minBytes">The number of bytes that fills a window.</param>
    /// <param name="isOpen">Whether a frame or message is open after them.</param>
    /// <param name="isNext">Whether the frame or message that was open before ended in them.</param>
    public void OnBytes(TimeSpan mark, int bytes, double minBytes, bool isOpen, bool isNext)
    {
        _bytes += bytes;
        if (!isOpen)
        {
            Since = null;
        }
        else if (Since is null || isNext || (bytes > 0 && _bytes >= minBytes))
        {
            (Since, _bytes) = (mark, 0);
        }
    }

    /// <summary>Moves the window by the length of a pause.</summary>
    public void Shift(TimeSpan pause) => Since += pause;
}
