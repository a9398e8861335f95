"""All that is open in the order in which it is due, and how much of it stands where: read out of one index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("hotline", "0005_deputies_and_reconsideration")]
    operations = [
        migrations.AddIndex(
            model_name="ticket",
            index=models.Index(
                condition=models.Q(
                    ("state__in", ("RECEIVED", "OBJECTED", "MEETING", "REPLIED", "REVISIT", "DISPATCHED", "HANDLING", "WAITING"))
                ),
                fields=["act_by", "id"],
                include=("state",),
                name="ticket_open_by_time",
            ),
        )
    ]
