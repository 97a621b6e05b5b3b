using System.Buffers;
using System.Text;
using Akka.Actor;

namespace WsActors.Serialization;

/// <summary>
/// Writes one message in binary form. Whole numbers have seven bits a byte, the lowest first; signed numbers are zigzag-encoded. Texts and
/// bytes follow their length. A payload comes last, without a length. Used by one thread, for one message.
/// </summary>
/// <param name="requiredSystem">The system with the serializers that write the user's objects.</param>
internal sealed class MessageWriter(RequiredSystem requiredSystem)
{
    private readonly ArrayBufferWriter<byte> _head = new(initialCapacity: 128);

    /// <summary>The bytes at the end of the message. They are copied only once, by <see cref="ToArray"/>.</summary>
    private ReadOnlyMemory<byte> _payload;

    public void Byte(byte value) => _head.Write([value]);

    public void Flag(bool value) => Byte(value ? (byte)1 : (byte)0);

    /// <summary>Writes a number that is not negative.</summary>
    public void Count(long value) => Unsigned(checked((ulong)value));

    /// <summary>Writes any number, zigzag-encoded: 0, -1, 1, -2 become 0, 1, 2, 3, so that small numbers stay short.</summary>
    public void Number(long value) => Unsigned((ulong)((value << 1) ^ (value >> 63)));

    public void Time(TimeSpan time) => Number(time.Ticks);

    public void Date(DateTimeOffset date)
    {
        Number(date.Ticks);
        Number((long)date.Offset.TotalMinutes);
    }

    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Count(bytes.Length);
        _head.Write(bytes);
    }

    /// <summary>Writes a text behind its length plus one; 0 stands for null.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Byte(0);
            return;
        }

        var bytes = Encoding.UTF8.GetBytes(text);
        Count(bytes.Length + 1L);
        _head.Write(bytes);
    }

    public void Optional<T>(T? value, Action<T> write)
        where T : struct
    {
        Flag(value is not null);
        if (value is { } present)
        {
            write(present);
        }
    }

    public void List<T>(IReadOnlyCollection<T> values, Action<T> write)
    {
        Count(values.Count);
        foreach (var value in values)
        {
            write(value);
        }
    }

    public void Map(IReadOnlyDictionary<string, string> map) => List(map, pair =>
    {
        Text(pair.Key);
        Text(pair.Value);
    });

    /// <summary>Writes an actor reference as its path with the address of this node.</summary>
    public void Ref(IActorRef? actor) => Text(actor is null ? null : Akka.Serialization.Serialization.SerializedActorPath(actor));

    /// <summary>Writes a user's object with Akka's serialization.</summary>
    public void Any(object? value)
    {
        Flag(value is not null);
        if (value is not null)
        {
            var serializer = requiredSystem.Serializers.FindSerializerFor(value);
            Number(serializer.Identifier);
            Text(Akka.Serialization.Serialization.ManifestFor(serializer, value));
            Bytes(serializer.ToBinary(value));
        }
    }

    /// <summary>Sets the payload, which is written last.</summary>
    public void Payload(ReadOnlyMemory<byte> payload) => _payload = payload;

    public byte[] ToArray()
    {
        var message = new byte[_head.WrittenCount + _payload.Length];
        _head.WrittenSpan.CopyTo(message);
        _payload.Span.CopyTo(message.AsSpan(_head.WrittenCount));
        return message;
    }

    private void Unsigned(ulong value)
    {
        for (; value > 0x7F; value >>= 7)
        {
            Byte((byte)(value | 0x80));
        }

        Byte((byte)value);
    }
}
