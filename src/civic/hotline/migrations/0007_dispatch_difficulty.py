"""A dispatch says how hard its ticket's class was when it was sent: a unit's score is read out of one index."""

from django.db import migrations, models

PAST = """
UPDATE hotline_dispatch AS d SET difficulty = c.difficulty
FROM hotline_ticket AS t JOIN hotline_category AS c ON c.id = t.category_id
WHERE d.ticket_id = t.id AND c.difficulty <> 1
"""


class Migration(migrations.Migration):
    dependencies = [("hotline", "0006_open_tickets_by_time")]
    operations = [
        migrations.AddField(
            model_name="dispatch",
            name="difficulty",
            field=models.PositiveSmallIntegerField(default=1, db_default=1, verbose_name="难度"),  # former code may write
        ),
        migrations.RunSQL(PAST, migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(fields=["unit", "at"], include=("difficulty", "ticket"), name="dispatch_scored"),
        ),
    ]
